// Loops of TensorFlow 1 and the lists of tensors that they fill, as graphs for tfjs-graphs.mjs: nodes in place of one operation.

const text = (value) => ({ s: Buffer.from(value).toString("base64") });
const type = (value) => ({ type: value });
const flag = (value) => ({ b: value });
const number = (value) => ({ i: String(value) });
const float = { T: type("DT_FLOAT") };
const int = { T: type("DT_INT32") };
const node = (name, op, input, attr = {}) => ({ name, op, input, attr });

/**
 * A frame around nodes that make the next values.
 * @param carried name and first value of what changes; `N/in` is it in a round, `N/next` what it becomes, `N/exit` what it was last
 * @param constants names of what is the same in every round: `N/in` of `N`
 * @param nodes of the frame; `less` says whether it goes on
 */
function frame({ name, carried, constants, nodes, types = {} }) {
  const entering = (one, from, isConstant) =>
    node(`${name}/${one}/enter`, "Enter", [from], {
      frame_name: text(name),
      is_constant: flag(isConstant),
      parallel_iterations: number(1),
      T: type(types[one] ?? "DT_FLOAT"),
    });
  const own = (one) => ({ T: type(types[one] ?? "DT_FLOAT") });
  return [
    ...Object.entries(carried).flatMap(([one, first]) => [
      entering(one, first, false),
      node(`${name}/${one}/merge`, "Merge", [`${name}/${one}/enter`, `${name}/${one}/turn`], {
        ...own(one),
        N: number(2),
      }),
      node(`${name}/${one}/switch`, "Switch", [`${name}/${one}/merge`, `${name}/goes`], own(one)),
      node(`${one}/in`, "Identity", [`${name}/${one}/switch:1`], own(one)),
      node(`${name}/${one}/turn`, "NextIteration", [`${one}/next`], own(one)),
      node(`${one}/exit`, "Exit", [`${name}/${one}/switch`], own(one)),
    ]),
    ...constants.map((one) => ({ ...entering(one, one, true), name: `${one}/in` })),
    node(`${name}/goes`, "LoopCond", ["less"]),
    ...nodes,
  ];
}

const listed = (element = "DT_FLOAT") => ({ element_dtype: type(element), shape_type: type("DT_INT32") });
const one = (name, op, input, attr = float) => node(name, op, input, attr);

/** Cases: operation, inputs, attributes, nothing, nodes, names of the results. @param make inputs and constants */
export function loopCases({ input, constant, scalar }) {
  const arrayOptions = {
    dtype: type("DT_FLOAT"),
    element_shape: { shape: { dim: [{ size: "2" }] } },
    dynamic_size: flag(false),
    clear_after_read: flag(false),
    identical_element_shapes: flag(true),
    tensor_array_name: text("array"),
  };
  const counting = [one("i/next", "Add", ["i/in", "x3/in"], int)];
  return [
    [
      "Exit",
      [input([2, 3]), scalar(0), scalar(4), scalar(1), scalar(0.5, "float32")],
      {},
      0,
      frame({
        name: "loop",
        carried: { i: "x1", sum: "x0" },
        constants: ["x2", "x3", "x4"],
        nodes: [
          one("less", "Less", ["loop/i/merge", "x2/in"], int),
          ...counting,
          one("share", "Mul", ["sum/in", "x4/in"]),
          one("rounds", "Cast", ["i/in"], { SrcT: type("DT_INT32"), DstT: type("DT_FLOAT") }),
          one("sum/next", "Add", ["share", "rounds"]),
        ],
        types: { i: "DT_INT32", x2: "DT_INT32", x3: "DT_INT32" },
      }),
      ["i/exit", "sum/exit"],
    ],
    [
      "TensorListStack",
      [input([3, 2]), scalar(0), scalar(3), scalar(1), constant([2])],
      {},
      0,
      [
        one("rows", "TensorListFromTensor", ["x0", "x4"], listed()),
        one("made", "TensorListReserve", ["x4", "x2"], listed()),
        ...frame({
          name: "map",
          carried: { i: "x1", list: "made" },
          constants: ["x2", "x3", "x4", "rows"],
          nodes: [
            one("less", "Less", ["map/i/merge", "x2/in"], int),
            ...counting,
            one("row", "TensorListGetItem", ["rows/in", "i/in", "x4/in"], listed()),
            one("doubled", "Add", ["row", "row"]),
            one("list/next", "TensorListSetItem", ["list/in", "i/in", "doubled"], listed()),
          ],
          types: {
            i: "DT_INT32",
            x2: "DT_INT32",
            x3: "DT_INT32",
            x4: "DT_INT32",
            list: "DT_VARIANT",
            rows: "DT_VARIANT",
          },
        }),
        one("stacked", "TensorListStack", ["list/exit", "x4"], { ...listed(), num_elements: number(3) }),
        one("length", "TensorListLength", ["list/exit"]),
      ],
      ["stacked", "length"],
    ],
    [
      "TensorArrayGatherV3",
      [input([3, 2]), scalar(0), scalar(3), scalar(1), constant([0, 1, 2]), constant([2, 0])],
      {},
      0,
      [
        one("from", "TensorArrayV3", ["x2"], arrayOptions),
        one("to", "TensorArrayV3", ["x2"], arrayOptions),
        one("filled", "TensorArrayScatterV3", ["from", "x4", "x0", "from:1"]),
        ...frame({
          name: "read",
          carried: { i: "x1", flow: "to:1" },
          constants: ["x2", "x3", "from", "to", "filled"],
          nodes: [
            one("less", "Less", ["read/i/merge", "x2/in"], int),
            ...counting,
            one("row", "TensorArrayReadV3", ["from/in", "i/in", "filled/in"], { dtype: type("DT_FLOAT") }),
            one("squared", "Mul", ["row", "row"]),
            one("flow/next", "TensorArrayWriteV3", ["to/in", "i/in", "squared", "flow/in"]),
          ],
          types: { i: "DT_INT32", x2: "DT_INT32", x3: "DT_INT32", from: "DT_RESOURCE", to: "DT_RESOURCE" },
        }),
        one("gathered", "TensorArrayGatherV3", ["to", "x5", "flow/exit"], {
          dtype: type("DT_FLOAT"),
          element_shape: arrayOptions.element_shape,
        }),
        one("size", "TensorArraySizeV3", ["to", "flow/exit"]),
      ],
      ["gathered", "size"],
    ],
    [
      "TensorListGather",
      [input([3, 2]), constant([2, 0]), constant([2])],
      {},
      0,
      [
        one("rows", "TensorListFromTensor", ["x0", "x2"], listed()),
        one("gathered", "TensorListGather", ["rows", "x1", "x2"], listed()),
      ],
      ["gathered"],
    ],
  ];
}
