import type { Primitive } from "../graph/primitive.js";
export { parameter, parameterPrimitive } from "./parameter.js";
export { constant, constantPrimitive, constantValue, onesLike, zerosLike } from "./constant.js";
export { iota, iotaPrimitive } from "./iota.js";
export { randomBits, randomBitsPrimitive } from "./random-bits.js";
export { negate, negatePrimitive } from "./negate.js";
export { abs, absPrimitive } from "./abs.js";
export { sign, signPrimitive } from "./sign.js";
export { exp, expPrimitive } from "./exp.js";
export { expm1, expm1Primitive } from "./expm1.js";
export { log, logPrimitive } from "./log.js";
export { log1p, log1pPrimitive } from "./log1p.js";
export { sqrt, sqrtPrimitive } from "./sqrt.js";
export { tanh, tanhPrimitive } from "./tanh.js";
export { cos, cosPrimitive, sin, sinPrimitive } from "./sin.js";
export { erf, erfPrimitive } from "./erf.js";
export { floor, floorPrimitive } from "./floor.js";
export { ceil, ceilPrimitive } from "./ceil.js";
export { round, roundPrimitive } from "./round.js";
export { relu, reluPrimitive } from "./relu.js";
export { logicalNot, logicalNotPrimitive } from "./logical-not.js";
export { add, addPrimitive } from "./add.js";
export { subtract, subtractPrimitive } from "./subtract.js";
export { multiply, multiplyPrimitive } from "./multiply.js";
export { divide, dividePrimitive } from "./divide.js";
export { power, powerPrimitive } from "./power.js";
export { modulo, moduloPrimitive } from "./modulo.js";
export { floorDivide, floorDividePrimitive } from "./floor-divide.js";
export { maximum, maximumPrimitive } from "./maximum.js";
export { minimum, minimumPrimitive } from "./minimum.js";
export { equal, equalPrimitive } from "./equal.js";
export { notEqual, notEqualPrimitive } from "./not-equal.js";
export { less, lessPrimitive } from "./less.js";
export { lessEqual, lessEqualPrimitive } from "./less-equal.js";
export { logicalAnd, logicalAndPrimitive } from "./logical-and.js";
export { logicalOr, logicalOrPrimitive } from "./logical-or.js";
export { bitwiseAnd, bitwiseAndPrimitive } from "./bitwise-and.js";
export { bitwiseOr, bitwiseOrPrimitive } from "./bitwise-or.js";
export { bitwiseXor, bitwiseXorPrimitive } from "./bitwise-xor.js";
export { shiftLeft, shiftLeftPrimitive } from "./shift-left.js";
export { shiftRightLogical, shiftRightLogicalPrimitive } from "./shift-right-logical.js";
export { select, selectPrimitive } from "./select.js";
export { cast, castPrimitive } from "./cast.js";
export { after, afterPrimitive } from "./after.js";
export { identity, identityPrimitive } from "./identity.js";
export { reshape, reshapePrimitive } from "./reshape.js";
export { invert, transpose, transposePrimitive } from "./transpose.js";
export { broadcastTo, broadcastToPrimitive, reduceSum, reduceSumPrimitive, restoreAxes } from "./broadcast-to.js";
export { pad, padPrimitive, slice, slicePrimitive } from "./slice.js";
export { reverse, reversePrimitive } from "./reverse.js";
export { concatenate, concatenatePrimitive } from "./concatenate.js";
export { scatterAddRows, scatterAddRowsPrimitive, takeRows, takeRowsPrimitive } from "./take-rows.js";
export { reduceMax, reduceMaxPrimitive, reduceMin, reduceMinPrimitive } from "./reduce-max.js";
export { reduceProduct, reduceProductPrimitive } from "./reduce-product.js";
export { argMax, argMaxPrimitive } from "./arg-max.js";
export {
  windowArgmax,
  windowArgmaxPrimitive,
  windowMax,
  windowMaxGradient,
  windowMaxGradientPrimitive,
  windowMaxPrimitive,
  windowTake,
  windowTakePrimitive,
} from "./window-max.js";
export { windowSum, windowSumGradient, windowSumGradientPrimitive, windowSumPrimitive } from "./window-sum.js";
export { dot, dotPrimitive, type DotAxes } from "./dot.js";
export {
  convolve,
  convolveFilterGradient,
  convolveFilterGradientPrimitive,
  convolveInputGradient,
  convolveInputGradientPrimitive,
  convolvePrimitive,
} from "./convolve.js";
export { loopPrimitive, rowsOf, stackOf } from "./loop.js";
export { repeat, type Repetition } from "./repeat.js";
export type { WindowOptions } from "./windows.js";
export type { ConvolutionOptions } from "./convolution.js";
export declare const primitives: readonly Primitive[];
