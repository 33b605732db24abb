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
export { closeDevice, currentDevice, useDevice } from "../engine/tensor/device.js";
export { deviceNames, type DeviceName, type DeviceOptions } from "../engine/runtime/devices.js";
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
export { isTensor, Tensor, type ReduceOptions, type TensorLike } from "../engine/tensor/tensor.js";
export {
  customGradient,
  grad,
  jit,
  valueAndGrad,
  type GradOptions,
  type JitOptions,
} from "../engine/tensor/transforms.js";
