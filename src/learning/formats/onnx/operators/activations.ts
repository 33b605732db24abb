// Functions of one real number, and activations with their parameters.

import { where } from "#engine/tensor/math.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { binary, unary } from "../elementwise.ts";
import { reshape } from "../movement.ts";
import { input, numberOf, textOf, type Call, type Operators } from "../operator.ts";
import type { TensorValue } from "../value.ts";

type Entry = Operators[string];

const real = (device: (x: Tensor) => Tensor): Entry => ({ run: (call) => [unary(input(call, 0), { device })] });
const withOptions = (device: (x: Tensor, call: Call) => Tensor): Entry => ({
  run: (call) => [unary(input(call, 0), { device: (x) => device(x, call) })],
});

/** The arc tangent. @source Cephes, atanf: three ranges, then a polynomial of degree 9 */
export function arcTangent(x: Tensor): Tensor {
  const magnitude = x.abs();
  const isLarge = magnitude.greater(2.414213562373095);
  const isMiddle = magnitude.greater(0.4142135623730951);
  const moved = where(isMiddle, magnitude.sub(1).div(magnitude.add(1)), magnitude);
  const t = where(isLarge, magnitude.maximum(1).pow(-1).neg(), moved);
  const z = t.square();
  const series = z
    .mul(8.05374449538e-2)
    .sub(1.38776856032e-1)
    .mul(z)
    .add(1.99777106478e-1)
    .mul(z)
    .sub(3.33329491539e-1);
  const base = where(isLarge, Math.PI / 2, where(isMiddle, Math.PI / 4, 0.1).sub(where(isMiddle, 0, 0.1)));
  return series.mul(z).mul(t).add(t).add(base).mul(x.sign());
}

function arcSine(x: Tensor): Tensor {
  const root = x.square().neg().add(1).maximum(0).sqrt();
  // Twice the angle whose tangent is x / (1 + root): never a division by 0.
  return arcTangent(x.div(root.add(1))).mul(2);
}

function hyperbolicSine(x: Tensor): Tensor {
  const power = x.expm1();
  return power.add(power.div(power.add(1))).mul(0.5);
}

function areaSine(x: Tensor): Tensor {
  const magnitude = x.abs();
  const square = magnitude.square();
  return magnitude
    .add(square.div(square.add(1).sqrt().add(1)))
    .log1p()
    .mul(x.sign());
}

function softplus(x: Tensor): Tensor {
  return x.abs().neg().exp().log1p().add(x.maximum(0));
}

function gelu(x: Tensor, call: Call): Tensor {
  if (textOf(call, "approximate", "none") === "tanh") {
    const inner = x.add(x.pow(3).mul(0.044715)).mul(Math.sqrt(2 / Math.PI));
    return x.mul(0.5).mul(inner.tanh().add(1));
  }
  return x.mul(0.5).mul(x.mul(Math.SQRT1_2).erf().add(1));
}

function elu(x: Tensor, alpha: number): Tensor {
  return where(x.greater(0), x, x.minimum(0).expm1().mul(alpha));
}

function shrink(x: Tensor, call: Call): Tensor {
  const [bias, lambda] = [numberOf(call, "bias", 0), numberOf(call, "lambd", 0.5)];
  return where(x.less(-lambda), x.add(bias), where(x.greater(lambda), x.sub(bias), x.mul(0)));
}

function prelu(call: Call): TensorValue {
  const device = (x: Tensor, slope: Tensor): Tensor => where(x.less(0), x.mul(slope), x);
  const [x, slope] = [input(call, 0), input(call, 1)];
  const [channels = 1] = slope.shape;
  // Until opset 9 one slope a channel came as a vector.
  const isByChannel =
    slope.shape.length === 1 && channels > 1 && x.shape.at(-1) !== channels && x.shape[1] === channels;
  const own = isByChannel ? reshape(slope, [channels, ...x.shape.slice(2).map(() => 1)]) : slope;
  return binary(x, own, { host: (one, factor) => (one < 0 ? one * factor : one), device });
}

const hardSigmoid = (x: Tensor, alpha: number, beta: number): Tensor => x.mul(alpha).add(beta).clip(0, 1);

export const activationOperators: Operators = {
  Exp: real((x) => x.exp()),
  Log: real((x) => x.log()),
  Sin: real((x) => x.sin()),
  Cos: real((x) => x.cos()),
  Tan: real((x) => x.sin().div(x.cos())),
  Asin: real(arcSine),
  Acos: real((x) =>
    arcSine(x)
      .neg()
      .add(Math.PI / 2),
  ),
  Atan: real(arcTangent),
  Sinh: real(hyperbolicSine),
  Cosh: real((x) => x.exp().add(x.neg().exp()).mul(0.5)),
  Tanh: real((x) => x.tanh()),
  Asinh: real(areaSine),
  Acosh: real((x) => x.add(x.square().sub(1).sqrt()).log()),
  Atanh: real((x) => x.mul(2).div(x.neg().add(1)).log1p().mul(0.5)),
  Erf: real((x) => x.erf()),
  Sigmoid: real((x) => x.sigmoid()),
  Softplus: real(softplus),
  Softsign: real((x) => x.div(x.abs().add(1))),
  Mish: real((x) => x.mul(softplus(x).tanh())),
  HardSwish: real((x) => x.mul(hardSigmoid(x, 1 / 6, 0.5))),
  HardSigmoid: withOptions((x, call) => hardSigmoid(x, numberOf(call, "alpha", 0.2), numberOf(call, "beta", 0.5))),
  LeakyRelu: withOptions((x, call) => where(x.less(0), x.mul(numberOf(call, "alpha", 0.01)), x)),
  Elu: withOptions((x, call) => elu(x, numberOf(call, "alpha", 1))),
  Selu: withOptions((x, call) =>
    elu(x, numberOf(call, "alpha", 1.6732632423543772)).mul(numberOf(call, "gamma", 1.0507009873554805)),
  ),
  Celu: withOptions((x, call) => {
    const alpha = numberOf(call, "alpha", 1);
    return where(x.greater(0), x, x.minimum(0).div(alpha).expm1().mul(alpha));
  }),
  ThresholdedRelu: withOptions((x, call) => where(x.greater(numberOf(call, "alpha", 1)), x, x.mul(0))),
  Gelu: withOptions(gelu),
  Shrink: withOptions(shrink),
  PRelu: { run: (call) => [prelu(call)] },
};
