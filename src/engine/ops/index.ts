// The closed list of primitives, and every builder of a node.

import type { Primitive } from "#engine/graph/primitive.ts";
import { parameterPrimitive } from "#engine/ops/parameter.ts";
import { constantPrimitive } from "#engine/ops/constant.ts";
import { iotaPrimitive } from "#engine/ops/iota.ts";
import { randomBitsPrimitive } from "#engine/ops/random-bits.ts";
import { negatePrimitive } from "#engine/ops/negate.ts";
import { absPrimitive } from "#engine/ops/abs.ts";
import { afterPrimitive } from "#engine/ops/after.ts";
import { signPrimitive } from "#engine/ops/sign.ts";
import { expPrimitive } from "#engine/ops/exp.ts";
import { expm1Primitive } from "#engine/ops/expm1.ts";
import { logPrimitive } from "#engine/ops/log.ts";
import { log1pPrimitive } from "#engine/ops/log1p.ts";
import { sqrtPrimitive } from "#engine/ops/sqrt.ts";
import { tanhPrimitive } from "#engine/ops/tanh.ts";
import { sinPrimitive, cosPrimitive } from "#engine/ops/sin.ts";
import { erfPrimitive } from "#engine/ops/erf.ts";
import { floorPrimitive } from "#engine/ops/floor.ts";
import { ceilPrimitive } from "#engine/ops/ceil.ts";
import { roundPrimitive } from "#engine/ops/round.ts";
import { reluPrimitive } from "#engine/ops/relu.ts";
import { logicalNotPrimitive } from "#engine/ops/logical-not.ts";
import { addPrimitive } from "#engine/ops/add.ts";
import { subtractPrimitive } from "#engine/ops/subtract.ts";
import { multiplyPrimitive } from "#engine/ops/multiply.ts";
import { dividePrimitive } from "#engine/ops/divide.ts";
import { powerPrimitive } from "#engine/ops/power.ts";
import { moduloPrimitive } from "#engine/ops/modulo.ts";
import { floorDividePrimitive } from "#engine/ops/floor-divide.ts";
import { maximumPrimitive } from "#engine/ops/maximum.ts";
import { minimumPrimitive } from "#engine/ops/minimum.ts";
import { equalPrimitive } from "#engine/ops/equal.ts";
import { notEqualPrimitive } from "#engine/ops/not-equal.ts";
import { lessPrimitive } from "#engine/ops/less.ts";
import { lessEqualPrimitive } from "#engine/ops/less-equal.ts";
import { logicalAndPrimitive } from "#engine/ops/logical-and.ts";
import { logicalOrPrimitive } from "#engine/ops/logical-or.ts";
import { bitwiseAndPrimitive } from "#engine/ops/bitwise-and.ts";
import { bitwiseOrPrimitive } from "#engine/ops/bitwise-or.ts";
import { bitwiseXorPrimitive } from "#engine/ops/bitwise-xor.ts";
import { shiftLeftPrimitive } from "#engine/ops/shift-left.ts";
import { shiftRightLogicalPrimitive } from "#engine/ops/shift-right-logical.ts";
import { selectPrimitive } from "#engine/ops/select.ts";
import { castPrimitive } from "#engine/ops/cast.ts";
import { identityPrimitive } from "#engine/ops/identity.ts";
import { reshapePrimitive } from "#engine/ops/reshape.ts";
import { transposePrimitive } from "#engine/ops/transpose.ts";
import { broadcastToPrimitive, reduceSumPrimitive } from "#engine/ops/broadcast-to.ts";
import { slicePrimitive, padPrimitive } from "#engine/ops/slice.ts";
import { reversePrimitive } from "#engine/ops/reverse.ts";
import { concatenatePrimitive } from "#engine/ops/concatenate.ts";
import { takeRowsPrimitive, scatterAddRowsPrimitive } from "#engine/ops/take-rows.ts";
import { reduceMaxPrimitive, reduceMinPrimitive } from "#engine/ops/reduce-max.ts";
import { reduceProductPrimitive } from "#engine/ops/reduce-product.ts";
import { argMaxPrimitive } from "#engine/ops/arg-max.ts";
import {
  windowMaxPrimitive,
  windowArgmaxPrimitive,
  windowMaxGradientPrimitive,
  windowTakePrimitive,
} from "#engine/ops/window-max.ts";
import { windowSumPrimitive, windowSumGradientPrimitive } from "#engine/ops/window-sum.ts";
import { dotPrimitive } from "#engine/ops/dot.ts";
import {
  convolvePrimitive,
  convolveInputGradientPrimitive,
  convolveFilterGradientPrimitive,
} from "#engine/ops/convolve.ts";
import { loopPrimitive } from "#engine/ops/loop.ts";

export { parameter, parameterPrimitive } from "#engine/ops/parameter.ts";
export { constant, constantPrimitive, constantValue, onesLike, zerosLike } from "#engine/ops/constant.ts";
export { iota, iotaPrimitive } from "#engine/ops/iota.ts";
export { randomBits, randomBitsPrimitive } from "#engine/ops/random-bits.ts";
export { negate, negatePrimitive } from "#engine/ops/negate.ts";
export { abs, absPrimitive } from "#engine/ops/abs.ts";
export { sign, signPrimitive } from "#engine/ops/sign.ts";
export { exp, expPrimitive } from "#engine/ops/exp.ts";
export { expm1, expm1Primitive } from "#engine/ops/expm1.ts";
export { log, logPrimitive } from "#engine/ops/log.ts";
export { log1p, log1pPrimitive } from "#engine/ops/log1p.ts";
export { sqrt, sqrtPrimitive } from "#engine/ops/sqrt.ts";
export { tanh, tanhPrimitive } from "#engine/ops/tanh.ts";
export { cos, cosPrimitive, sin, sinPrimitive } from "#engine/ops/sin.ts";
export { erf, erfPrimitive } from "#engine/ops/erf.ts";
export { floor, floorPrimitive } from "#engine/ops/floor.ts";
export { ceil, ceilPrimitive } from "#engine/ops/ceil.ts";
export { round, roundPrimitive } from "#engine/ops/round.ts";
export { relu, reluPrimitive } from "#engine/ops/relu.ts";
export { logicalNot, logicalNotPrimitive } from "#engine/ops/logical-not.ts";
export { add, addPrimitive } from "#engine/ops/add.ts";
export { subtract, subtractPrimitive } from "#engine/ops/subtract.ts";
export { multiply, multiplyPrimitive } from "#engine/ops/multiply.ts";
export { divide, dividePrimitive } from "#engine/ops/divide.ts";
export { power, powerPrimitive } from "#engine/ops/power.ts";
export { modulo, moduloPrimitive } from "#engine/ops/modulo.ts";
export { floorDivide, floorDividePrimitive } from "#engine/ops/floor-divide.ts";
export { maximum, maximumPrimitive } from "#engine/ops/maximum.ts";
export { minimum, minimumPrimitive } from "#engine/ops/minimum.ts";
export { equal, equalPrimitive } from "#engine/ops/equal.ts";
export { notEqual, notEqualPrimitive } from "#engine/ops/not-equal.ts";
export { less, lessPrimitive } from "#engine/ops/less.ts";
export { lessEqual, lessEqualPrimitive } from "#engine/ops/less-equal.ts";
export { logicalAnd, logicalAndPrimitive } from "#engine/ops/logical-and.ts";
export { logicalOr, logicalOrPrimitive } from "#engine/ops/logical-or.ts";
export { bitwiseAnd, bitwiseAndPrimitive } from "#engine/ops/bitwise-and.ts";
export { bitwiseOr, bitwiseOrPrimitive } from "#engine/ops/bitwise-or.ts";
export { bitwiseXor, bitwiseXorPrimitive } from "#engine/ops/bitwise-xor.ts";
export { shiftLeft, shiftLeftPrimitive } from "#engine/ops/shift-left.ts";
export { shiftRightLogical, shiftRightLogicalPrimitive } from "#engine/ops/shift-right-logical.ts";
export { select, selectPrimitive } from "#engine/ops/select.ts";
export { cast, castPrimitive } from "#engine/ops/cast.ts";
export { after, afterPrimitive } from "#engine/ops/after.ts";
export { identity, identityPrimitive } from "#engine/ops/identity.ts";
export { reshape, reshapePrimitive } from "#engine/ops/reshape.ts";
export { invert, transpose, transposePrimitive } from "#engine/ops/transpose.ts";
export {
  broadcastTo,
  broadcastToPrimitive,
  reduceSum,
  reduceSumPrimitive,
  restoreAxes,
} from "#engine/ops/broadcast-to.ts";
export { pad, padPrimitive, slice, slicePrimitive } from "#engine/ops/slice.ts";
export { reverse, reversePrimitive } from "#engine/ops/reverse.ts";
export { concatenate, concatenatePrimitive } from "#engine/ops/concatenate.ts";
export { scatterAddRows, scatterAddRowsPrimitive, takeRows, takeRowsPrimitive } from "#engine/ops/take-rows.ts";
export { reduceMax, reduceMaxPrimitive, reduceMin, reduceMinPrimitive } from "#engine/ops/reduce-max.ts";
export { reduceProduct, reduceProductPrimitive } from "#engine/ops/reduce-product.ts";
export { argMax, argMaxPrimitive } from "#engine/ops/arg-max.ts";
export {
  windowArgmax,
  windowArgmaxPrimitive,
  windowMax,
  windowMaxGradient,
  windowMaxGradientPrimitive,
  windowMaxPrimitive,
  windowTake,
  windowTakePrimitive,
} from "#engine/ops/window-max.ts";
export {
  windowSum,
  windowSumGradient,
  windowSumGradientPrimitive,
  windowSumPrimitive,
} from "#engine/ops/window-sum.ts";
export { dot, dotPrimitive, type DotAxes } from "#engine/ops/dot.ts";
export {
  convolve,
  convolveFilterGradient,
  convolveFilterGradientPrimitive,
  convolveInputGradient,
  convolveInputGradientPrimitive,
  convolvePrimitive,
} from "#engine/ops/convolve.ts";
export { loopPrimitive, rowsOf, stackOf } from "#engine/ops/loop.ts";
export { repeat, type Repetition } from "#engine/ops/repeat.ts";
export type { WindowOptions } from "#engine/ops/windows.ts";
export type { ConvolutionOptions } from "#engine/ops/convolution.ts";

/** Every primitive. */
export const primitives: readonly Primitive[] = [
  parameterPrimitive,
  constantPrimitive,
  iotaPrimitive,
  randomBitsPrimitive,
  negatePrimitive,
  absPrimitive,
  signPrimitive,
  expPrimitive,
  expm1Primitive,
  logPrimitive,
  log1pPrimitive,
  sqrtPrimitive,
  tanhPrimitive,
  sinPrimitive,
  cosPrimitive,
  erfPrimitive,
  floorPrimitive,
  ceilPrimitive,
  roundPrimitive,
  reluPrimitive,
  logicalNotPrimitive,
  addPrimitive,
  subtractPrimitive,
  multiplyPrimitive,
  dividePrimitive,
  powerPrimitive,
  moduloPrimitive,
  floorDividePrimitive,
  maximumPrimitive,
  minimumPrimitive,
  equalPrimitive,
  notEqualPrimitive,
  lessPrimitive,
  lessEqualPrimitive,
  logicalAndPrimitive,
  logicalOrPrimitive,
  bitwiseAndPrimitive,
  bitwiseOrPrimitive,
  bitwiseXorPrimitive,
  shiftLeftPrimitive,
  shiftRightLogicalPrimitive,
  selectPrimitive,
  castPrimitive,
  identityPrimitive,
  afterPrimitive,
  reshapePrimitive,
  transposePrimitive,
  broadcastToPrimitive,
  reduceSumPrimitive,
  slicePrimitive,
  padPrimitive,
  reversePrimitive,
  concatenatePrimitive,
  takeRowsPrimitive,
  scatterAddRowsPrimitive,
  reduceMaxPrimitive,
  reduceMinPrimitive,
  reduceProductPrimitive,
  argMaxPrimitive,
  windowMaxPrimitive,
  windowArgmaxPrimitive,
  windowMaxGradientPrimitive,
  windowTakePrimitive,
  windowSumPrimitive,
  windowSumGradientPrimitive,
  dotPrimitive,
  convolvePrimitive,
  convolveInputGradientPrimitive,
  convolveFilterGradientPrimitive,
  loopPrimitive,
];
