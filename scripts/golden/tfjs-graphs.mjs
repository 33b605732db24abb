// Small graph-models, one for each operation or way of it, and what TensorFlow.js 4.22.0 makes of their inputs.
// Run: node scripts/peers.mjs; node scripts/golden/tfjs-graphs.mjs
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { numbers, stored, tf } from "./tfjs-common.mjs";
import { loopCases } from "./tfjs-loops.mjs";

let seed = 0;
const sizeOf = (shape) => shape.reduce((product, extent) => product * extent, 1);
/** An input of the graph; `change` brings its numbers into the operation's range. */
const input = (shape, change = (x) => x) => ({
  shape,
  dtype: "float32",
  values: numbers((seed += 1), sizeOf(shape)).map(change),
});
const whole = (shape, most) => ({ ...input(shape, (x) => Math.floor(((x + 1) / 2) * most)), dtype: "int32" });
const flags = (shape) => ({ ...input(shape, (x) => Number(x > 0)), dtype: "bool" });
/** A constant among the weights. */
const constant = (values, dtype = "int32", shape = [values.length]) => ({ shape, dtype, values, isConstant: true });
const scalar = (value, dtype = "int32") => constant([value], dtype, []);

const text = (value) => ({ s: Buffer.from(value).toString("base64") });
const list = (...values) => ({ list: { i: values.map(String) } });
const number = (value) => ({ i: String(value) });
const real = (value) => ({ f: value });
const flag = (value) => ({ b: value });
const texts = (...values) => ({ list: { s: values.map((value) => text(value).s) } });
const type = (value) => ({ type: value });

const square = {
  strides: list(1, 1, 1, 1),
  padding: text("SAME"),
  data_format: text("NHWC"),
  dilations: list(1, 1, 1, 1),
};
const striding = { ...square, strides: list(1, 2, 2, 1) };
const pool = { ksize: list(1, 2, 2, 1), strides: list(1, 2, 2, 1), padding: text("SAME") };
const masks = (begin = 0, end = 0, ellipsis = 0, added = 0, shrink = 0) => ({
  begin_mask: number(begin),
  end_mask: number(end),
  ellipsis_mask: number(ellipsis),
  new_axis_mask: number(added),
  shrink_axis_mask: number(shrink),
});

const unary = {
  ...Object.fromEntries(
    ["Abs", "Neg", "Sign", "Floor", "Ceil", "Round", "Relu", "Exp", "Sin", "Cos"].map((name) => [name, undefined]),
  ),
  ...Object.fromEntries(
    ["Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Tanh", "Asinh", "Atanh"].map((name) => [name, undefined]),
  ),
  ...Object.fromEntries(
    ["Erf", "Sigmoid", "Softplus", "Elu", "Selu", "Square", "Expm1"].map((name) => [name, undefined]),
  ),
  ...Object.fromEntries(["Sqrt", "Rsqrt", "Log", "Log1p", "Reciprocal"].map((name) => [name, (x) => x + 1.2])),
  Acosh: (x) => x + 2.2,
  Relu6: (x) => 5 * x + 3,
};
const binary = [
  "Add",
  "AddV2",
  "Sub",
  "Mul",
  "Maximum",
  "Minimum",
  "SquaredDifference",
  "RealDiv",
  "FloorMod",
  "FloorDiv",
  "Atan2",
  "DivNoNan",
];
const comparisons = ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"];
const reductions = ["Sum", "Mean", "Max", "Min", "Prod"];

const cases = [
  [
    "StatelessIf",
    [flags([]), input([])],
    { then_branch: { func: { name: "twice" } }, else_branch: { func: { name: "half" } } },
  ],
  [
    "StatelessWhile",
    [input([], (x) => x + 1.2)],
    { cond: { func: { name: "small" } }, body: { func: { name: "twice" } } },
  ],
  ...Object.entries(unary).map(([op, change]) => [op, [input([2, 3], change)]]),
  ...binary.map((op) => [op, [input([2, 1, 3], (x) => 3 * x + 0.01), input([4, 1], (x) => x + 1.5)]]),
  ...comparisons.map((op) => [op, [whole([3, 4], 3), whole([4], 3)]]),
  ["Pow", [input([2, 3], (x) => x + 1.5), input([3])]],
  ["AddN", [input([2, 2]), input([2, 2]), input([2, 2])]],
  ["LogicalAnd", [flags([6]), flags([6])]],
  ["LogicalOr", [flags([6]), flags([6])]],
  ["LogicalNot", [flags([6])]],
  ["Select", [flags([3, 2]), input([3, 2]), input([3, 2])]],
  ["SelectV2", [flags([3, 1]), input([3, 2]), input([2])]],
  ["LeakyRelu", [input([2, 3])], { alpha: real(0.3) }],
  ["Prelu", [input([2, 3]), constant([0.1, 0.2, 0.3], "float32")]],
  ["ClipByValue", [input([2, 3]), scalar(-0.25, "float32"), scalar(0.5, "float32")]],
  ["Cast", [input([5], (x) => 3 * x)], { SrcT: type("DT_FLOAT"), DstT: type("DT_INT32") }],
  ["Cast", [whole([5], 9)], { SrcT: type("DT_INT32"), DstT: type("DT_FLOAT") }],
  ["FloorDiv", [whole([5], 9), constant([2, 3, 4, 5, 2])]],
  ["MatMul", [input([2, 3]), input([4, 3])], { transpose_a: flag(false), transpose_b: flag(true) }],
  ["BatchMatMulV2", [input([2, 3, 4]), input([2, 3, 5])], { adj_x: flag(true), adj_y: flag(false) }],
  [
    "_FusedMatMul",
    [input([2, 3]), input([3, 4]), input([4])],
    { fused_ops: texts("BiasAdd", "Relu"), num_args: number(1) },
  ],
  ["Einsum", [input([2, 3, 4]), input([2, 4, 5])], { equation: text("bij,bjk->bik"), N: number(2) }],
  ["Conv2D", [input([1, 5, 6, 2]), input([3, 3, 2, 4])], square],
  ["Conv2D", [input([1, 7, 6, 2]), input([3, 3, 2, 4])], { ...striding, padding: text("VALID") }],
  ["Conv2D", [input([1, 7, 7, 2]), input([3, 3, 2, 4])], { ...square, dilations: list(1, 2, 2, 1) }],
  [
    "_FusedConv2D",
    [input([1, 6, 6, 2]), input([2, 2, 2, 4]), input([4])],
    { ...striding, fused_ops: texts("BiasAdd", "Relu6"), num_args: number(1) },
  ],
  [
    "_FusedConv2D",
    [input([1, 4, 4, 2]), input([1, 1, 2, 3]), input([3]), input([3])],
    { ...square, fused_ops: texts("BiasAdd", "Prelu"), num_args: number(2) },
  ],
  ["DepthwiseConv2dNative", [input([1, 6, 6, 3]), input([3, 3, 3, 2])], striding],
  [
    "FusedDepthwiseConv2dNative",
    [input([1, 5, 5, 3]), input([3, 3, 3, 1]), input([3])],
    { ...square, fused_ops: texts("BiasAdd", "Relu"), num_args: number(1) },
  ],
  ["Conv2DBackpropInput", [constant([1, 6, 6, 2]), input([3, 3, 2, 4]), input([1, 3, 3, 4])], striding],
  ["MaxPool", [input([1, 5, 6, 2])], pool],
  ["AvgPool", [input([1, 5, 6, 2])], pool],
  ["BiasAdd", [input([2, 3, 4]), input([4])], { data_format: text("NHWC") }],
  [
    "FusedBatchNormV3",
    [input([2, 3, 3, 2]), input([2]), input([2]), input([2]), input([2], (x) => x + 1.5)],
    { epsilon: real(0.001), is_training: flag(false) },
  ],
  ["LRN", [input([1, 2, 2, 6])], { depth_radius: number(2), bias: real(1), alpha: real(0.1), beta: real(0.75) }],
  ["Softmax", [input([3, 5])]],
  ["LogSoftmax", [input([3, 5])]],
  ["Reshape", [input([2, 6]), constant([3, -1])]],
  ["Squeeze", [input([1, 3, 1, 2])], { squeeze_dims: list(2) }],
  ["ExpandDims", [input([2, 3]), scalar(-1)]],
  ["Transpose", [input([2, 3, 4]), constant([2, 0, 1])]],
  ["Shape", [input([2, 3, 4])]],
  ["ConcatV2", [input([2, 3]), input([2, 1]), scalar(-1)]],
  ["Pack", [input([2, 3]), input([2, 3])], { axis: number(1), N: number(2) }],
  ["Unpack", [input([3, 2])], { axis: number(1), num: number(2) }, 2],
  ["Split", [scalar(1), input([2, 6])], { num_split: number(3) }, 3],
  ["SplitV", [input([6, 2]), constant([1, 2, 3]), scalar(0)], { num_split: number(3) }, 3],
  ["Slice", [input([4, 5]), constant([1, 2]), constant([2, -1])]],
  ["StridedSlice", [input([4, 5]), constant([0, 4]), constant([3, 1]), constant([2, -2])], masks()],
  ["StridedSlice", [input([4, 5]), constant([1, 0]), constant([2, 3]), constant([1, 1])], masks(0, 2, 0, 0, 1)],
  ["StridedSlice", [input([2, 3, 4]), constant([0, 0]), constant([0, 1]), constant([1, 1])], masks(0, 0, 1, 0, 2)],
  [
    "StridedSlice",
    [input([2, 3]), constant([0, 0, 0]), constant([2, 0, 2]), constant([1, 1, 1])],
    masks(1, 0, 0, 2, 0),
  ],
  ["Tile", [input([2, 3]), constant([2, 2])]],
  ["Pad", [input([2, 3]), constant([1, 0, 2, 1], "int32", [2, 2])]],
  ["PadV2", [input([2, 3]), constant([0, 1, 1, 1], "int32", [2, 2]), scalar(3, "float32")]],
  ["MirrorPad", [input([3, 4]), constant([1, 2, 2, 1], "int32", [2, 2])], { mode: text("REFLECT") }],
  ["MirrorPad", [input([3, 4]), constant([1, 2, 2, 1], "int32", [2, 2])], { mode: text("SYMMETRIC") }],
  ["BroadcastTo", [input([1, 3]), constant([2, 3])]],
  ["Fill", [constant([2, 3]), scalar(2.5, "float32")]],
  ["Range", [scalar(1), scalar(9), scalar(3)]],
  ["LinSpace", [scalar(0, "float32"), scalar(1, "float32"), scalar(5)]],
  ["ZerosLike", [input([2, 2])]],
  ["OnesLike", [input([2, 2])]],
  ["GatherV2", [input([3, 4]), constant([2, 0]), scalar(1)]],
  ["GatherV2", [input([2, 4, 3]), constant([2, 0, 1, 3], "int32", [2, 2]), scalar(1)], { batch_dims: number(1) }],
  ["GatherNd", [input([3, 4]), constant([0, 1, 2, 3], "int32", [2, 2])]],
  ["ScatterNd", [constant([4, 1], "int32", [2, 1]), input([2, 3]), constant([6, 3])]],
  ["ReverseV2", [input([2, 4]), constant([1])]],
  ["DepthToSpace", [input([1, 2, 2, 8])], { block_size: number(2), data_format: text("NHWC") }],
  ["SpaceToBatchND", [input([1, 4, 4, 2]), constant([2, 2]), constant([0, 0, 2, 0], "int32", [2, 2])]],
  ["BatchToSpaceND", [input([4, 2, 2, 1]), constant([2, 2]), constant([0, 1, 1, 0], "int32", [2, 2])]],
  ["OneHot", [whole([4], 5), scalar(5), scalar(2, "float32"), scalar(-1, "float32")], { axis: number(-1) }],
  ...reductions.flatMap((op) => [
    [op, [input([2, 3, 4]), constant([0, 2])], { keep_dims: flag(false) }],
    [op, [input([2, 3]), constant([-1])], { keep_dims: flag(true) }],
  ]),
  ["All", [flags([3, 4]), constant([1])], { keep_dims: flag(false) }],
  ["Any", [flags([3, 4]), constant([1])], { keep_dims: flag(false) }],
  ["ArgMax", [input([3, 5]), scalar(1)]],
  ["ArgMin", [input([3, 5]), scalar(0)]],
  ["Cumsum", [input([3, 4]), scalar(1)], { exclusive: flag(true), reverse: flag(true) }],
  ["TopKV2", [input([2, 6]), scalar(3)], { sorted: flag(true) }, 2],
  ["Where", [flags([3, 4])]],
  [
    "ResizeBilinear",
    [input([1, 3, 4, 2]), constant([5, 7])],
    { align_corners: flag(false), half_pixel_centers: flag(true) },
  ],
  [
    "ResizeBilinear",
    [input([1, 3, 4, 2]), constant([6, 8])],
    { align_corners: flag(true), half_pixel_centers: flag(false) },
  ],
  [
    "ResizeBilinear",
    [input([1, 3, 4, 2]), constant([2, 3])],
    { align_corners: flag(false), half_pixel_centers: flag(false) },
  ],
  [
    "ResizeNearestNeighbor",
    [input([1, 3, 4, 2]), constant([6, 5])],
    { align_corners: flag(false), half_pixel_centers: flag(true) },
  ],
  [
    "ResizeNearestNeighbor",
    [input([1, 3, 4, 2]), constant([6, 5])],
    { align_corners: flag(false), half_pixel_centers: flag(false) },
  ],
  [
    "NonMaxSuppressionV3",
    [
      constant([0, 0, 1, 1, 0, 0.1, 1, 1.1, 0, 2, 1, 3, 0, 2.05, 1, 3], "float32", [4, 4]),
      input([4]),
      scalar(3),
      scalar(0.5, "float32"),
      scalar(-9, "float32"),
    ],
  ],
  ...loopCases({ input, constant, scalar }),
];

const dtypes = { float32: "DT_FLOAT", int32: "DT_INT32", bool: "DT_BOOL" };
const bytesOf = ({ dtype, values }) =>
  Buffer.from((dtype === "float32" ? Float32Array : dtype === "int32" ? Int32Array : Uint8Array).from(values).buffer);

const argument = (name) => ({ name, type: "DT_FLOAT" });
/** A function of the library: x doubled, halved, or below 3. */
const functionOf = (name, op, result, value) => ({
  signature: { name, inputArg: [argument("x")], outputArg: [{ name: "r", type: result }] },
  nodeDef: [
    { name: `${name}_c`, op: "Const", attr: { dtype: type("DT_FLOAT") } },
    { name: "z", op, input: ["x", `${name}_c:output:0`], attr: { T: type("DT_FLOAT") } },
  ],
  ret: { r: "z:z:0" },
  constant: { name: `${name}_c`, value },
});
const functions = [
  functionOf("twice", "Mul", "DT_FLOAT", 2),
  functionOf("half", "Mul", "DT_FLOAT", 0.5),
  functionOf("small", "Less", "DT_BOOL", 3),
];
const libraryOps = new Set(["StatelessIf", "StatelessWhile"]);

/** @param nodes in place of one operation, with the names of their results */
function describe([op, inputs, attr = {}, numOutputs = 1, nodes, results]) {
  const ends = inputs.map(({ shape, dtype, isConstant }, place) => ({
    name: `x${place}`,
    op: isConstant ? "Const" : "Placeholder",
    attr: { dtype: type(dtypes[dtype]), shape: { shape: { dim: shape.map((size) => ({ size: String(size) })) } } },
  }));
  const node = { name: "y", op, input: ends.map(({ name }) => name), attr };
  const ofNode = Array.from({ length: numOutputs }, (_, index) => (index === 0 ? "y" : `y:${index}`));
  const outputs = (results ?? ofNode).map((name, index) => ({
    name: `out${index}`,
    op: "Identity",
    input: [name],
    attr: {},
  }));
  const hasLibrary = libraryOps.has(op);
  const inside = hasLibrary
    ? functions.map(({ constant: { name, value } }) => ({ name, ...scalar(value, "float32") }))
    : [];
  const library = hasLibrary
    ? { library: { function: functions.map(({ signature, nodeDef, ret }) => ({ signature, nodeDef, ret })) } }
    : {};
  const constants = [
    ...inputs.flatMap((one, place) => (one.isConstant ? [{ ...one, name: `x${place}` }] : [])),
    ...inside,
  ];
  return {
    description: {
      format: "graph-model",
      modelTopology: { node: [...ends, ...(nodes ?? [node]), ...outputs], versions: { producer: 1 }, ...library },
      weightsManifest: [
        { paths: ["w.bin"], weights: constants.map(({ name, shape, dtype }) => ({ name, shape, dtype })) },
      ],
    },
    weights: Buffer.concat(constants.map(bytesOf)).toString("base64"),
  };
}

console.warn = () => {};
const made = [];
for (const one of cases) {
  const [op, inputs] = one;
  const { description, weights } = describe(one);
  const bytes = Buffer.from(weights, "base64");
  const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  const model = await tf.loadGraphModel({
    load: async () => ({ ...description, weightSpecs: description.weightsManifest[0].weights, weightData }),
  });
  const given = Object.fromEntries(
    inputs.flatMap(({ shape, dtype, values, isConstant }, place) =>
      isConstant ? [] : [[`x${place}`, tf.tensor(values, shape, dtype)]],
    ),
  );
  const names = description.modelTopology.node.filter(({ name }) => name.startsWith("out")).map(({ name }) => name);
  const results = [await model.executeAsync(given, names)].flat();
  const inputsStored = Object.fromEntries(Object.entries(given).map(([name, tensor]) => [name, stored(tensor)]));
  made.push({ operation: op, description, weights, inputs: inputsStored, outputs: results.map(stored) });
}
const path = fileURLToPath(new URL("../../test/golden/tfjs/graphs.json", import.meta.url));
writeFileSync(path, `${JSON.stringify({ made: `tfjs ${tf.version.tfjs}`, cases: made })}\n`);
console.log(`${made.length} graphs`);
