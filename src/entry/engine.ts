// The door sinter/engine: tensors, gradients, compiled functions and devices, without layers or data.

export type { DType, HostArray } from "#engine/base/dtype.ts";
export { SinterError, type ErrorCode } from "#engine/base/error.ts";
export type { DeviceQueue } from "#engine/runtime/queue.ts";
export type { Shape } from "#engine/base/shape.ts";
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
} from "#engine/tensor/create.ts";
export { einsum } from "#engine/tensor/einsum.ts";
export { closeDevice, currentDevice, useDevice } from "#engine/tensor/device.ts";
export { deviceNames, type DeviceName, type DeviceOptions } from "#engine/runtime/devices.ts";
export { scaledDotProductAttention, type AttentionOptions } from "#engine/tensor/attention.ts";
export type { VisibleKeys, WeightDropout } from "#engine/tensor/attention-scores.ts";
export {
  attentionCache,
  cachedAttention,
  type AttentionCache,
  type AttentionCacheOptions,
  type NextPlaces,
} from "#engine/tensor/cached-attention.ts";
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
} from "#engine/tensor/math.ts";
export * as random from "#engine/tensor/random.ts";
export { recompute } from "#engine/tensor/recompute.ts";
export { scan, type ScanOptions } from "#engine/tensor/scan.ts";
export { isTensor, Tensor, type ReduceOptions, type TensorLike } from "#engine/tensor/tensor.ts";
export {
  customGradient,
  grad,
  jit,
  valueAndGrad,
  type GradOptions,
  type JitOptions,
} from "#engine/tensor/transforms.ts";
