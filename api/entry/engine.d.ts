export type { DType, HostArray } from "../engine/base/dtype.js";
export { SinterError, type ErrorCode } from "../engine/base/error.js";
export type { DeviceQueue } from "../engine/runtime/queue.js";
export type { Shape } from "../engine/base/shape.js";
export {
  arange,
  eye,
  full,
  ones,
  onesLike,
  tensor,
  zeros,
  zerosLike,
  type NestedArray,
  type TensorOptions,
} from "../engine/tensor/create.js";
export { einsum } from "../engine/tensor/einsum.js";
export { closeDevice, currentDevice, useDevice } from "../engine/tensor/device.js";
export { deviceNames, type DeviceName, type DeviceOptions } from "../engine/runtime/devices.js";
export { scaledDotProductAttention, type AttentionOptions } from "../engine/tensor/attention.js";
export type { VisibleKeys, WeightDropout } from "../engine/tensor/attention-scores.js";
export {
  attentionCache,
  cachedAttention,
  type AttentionCache,
  type AttentionCacheOptions,
  type NextPlaces,
} from "../engine/tensor/cached-attention.js";
export {
  averagePool,
  concat,
  conv,
  dot,
  maxPool,
  oneHot,
  stack,
  stopGradient,
  where,
  type ConvolutionOptions,
  type Padding,
  type PoolOptions,
} from "../engine/tensor/math.js";
export * as random from "../engine/tensor/random.js";
export { recompute } from "../engine/tensor/recompute.js";
export { scan, type ScanOptions } from "../engine/tensor/scan.js";
export { isTensor, Tensor, type ReduceOptions, type TensorLike } from "../engine/tensor/tensor.js";
export {
  customGradient,
  grad,
  jit,
  valueAndGrad,
  type GradOptions,
  type JitOptions,
} from "../engine/tensor/transforms.js";
