// What Keras's files may not do: damage, code, links; typed errors that name the way out.

import { expect, test } from "vitest";
import "#entry/node.ts";
import { SinterError } from "#engine/base/error.ts";
import { dense } from "#learning/nn/dense.ts";
import { writeArchive } from "#learning/formats/archive.ts";
import { writeHdf5 } from "#learning/formats/hdf5/write.ts";
import { readKerasFile } from "#learning/formats/keras/read.ts";
import { modelFrom } from "#learning/train/described-model.ts";
import { allWeights } from "#learning/train/model-core.ts";
import { kerasReader } from "./keras-seeds.ts";
import { surviveMutations } from "./mutations.ts";

test("300 damaged files are read or refused", async () => {
  await surviveMutations({ ...kerasReader, count: 300 });
}, 120_000);

const weights = writeHdf5({ members: new Map([["layers", { members: new Map() }]]) });

/** A .keras file of a row with one layer after its input. */
function fileOf(layer: object, shape: readonly (number | null)[] = [null, 3]): Uint8Array {
  const input = { module: "keras.layers", class_name: "InputLayer", config: { batch_shape: shape, name: "x" } };
  const config = { module: "keras", class_name: "Sequential", config: { name: "s", layers: [input, layer] } };
  return writeArchive([
    ["config.json", new TextEncoder().encode(JSON.stringify(config))],
    ["model.weights.h5", weights],
  ]);
}

function refusal(layer: object, shape?: readonly (number | null)[]): string {
  try {
    modelFrom(readKerasFile(fileOf(layer, shape)));
  } catch (error) {
    if (error instanceof SinterError && error.code === "format") return error.message;
    throw error;
  }
  return "read";
}

test.each([
  [
    "Lambda",
    { module: "keras.layers", class_name: "Lambda", config: {} },
    /Python code, which is not run.*customLayers/u,
  ],
  [
    "a class of its own",
    { module: "mine", class_name: "Mine", config: {}, registered_name: "mine>Mine" },
    /customLayers/u,
  ],
  [
    "a known name of another module",
    { module: "os", class_name: "Dense", config: { units: 1 } },
    /not run.*customLayers/u,
  ],
  ["a registered class", { module: null, class_name: "Dense", config: {}, registered_name: "pkg>Dense" }, /not run/u],
  [
    "a function of another module",
    dense3({ activation: { module: "os", class_name: "function", config: "system" } }),
    /not run/u,
  ],
  [
    "an unknown initializer",
    dense3({ kernel_initializer: { module: "keras.initializers", class_name: "__proto__", config: {} } }),
    /not known/u,
  ],
  [
    "channels first",
    {
      module: "keras.layers",
      class_name: "Conv2D",
      config: { filters: 1, kernel_size: 1, data_format: "channels_first" },
    },
    /data_format.*channels_first/u,
  ],
  [
    "a layer of texts",
    { module: "keras.layers", class_name: "TextVectorization", config: {} },
    /stands outside of models here.*textVectorization\(\{ vocabulary \}\)/u,
  ],
  ["a missing weight", dense3({}), /no weight "d\/kernel"/u],
  [
    "an option that is not there",
    { module: "keras.layers", class_name: "Flatten", config: { wings: 2 } },
    /wings is not known/u,
  ],
])("%s is refused by name", (_name, layer, message) => {
  expect(refusal(layer)).toMatch(message);
});

/** A functional model of one operation. */
function operationFile(operation: object, call: object): Uint8Array {
  const input = {
    class_name: "InputLayer",
    name: "x",
    config: { batch_shape: [null, 3], name: "x" },
    inbound_nodes: [],
  };
  const own = { name: "o", module: "keras.src.ops.numpy", inbound_nodes: [call], ...operation };
  const config = { name: "f", layers: [input, own], input_layers: [["x", 0, 0]], output_layers: [["o", 0, 0]] };
  return writeArchive([
    ["config.json", new TextEncoder().encode(JSON.stringify({ class_name: "Functional", config }))],
    ["model.weights.h5", weights],
  ]);
}

const x = { class_name: "__keras_tensor__", config: { keras_history: ["x", 0, 0] } };
const slice = (start: unknown): object => ({ class_name: "__slice__", config: { start, stop: null, step: null } });

test.each([
  [
    "that is not computed",
    { class_name: "FFT", config: {} },
    { args: [x] },
    /operation "FFT" is not computed.*customLayers/u,
  ],
  [
    "with an option that is not computed",
    { class_name: "Norm", config: { axis: -1, ord: 3 } },
    { args: [x] },
    /Norm with ord 3/u,
  ],
  ["that takes a sample out of the batch", { class_name: "GetItem", config: {} }, { args: [x, 0] }, /Keep axis 0/u],
  ["that sums over the batch", { class_name: "Sum", config: { axis: null } }, { args: [x] }, /Keep axis 0/u],
  [
    "with an index beyond the axis",
    { class_name: "GetItem", config: {} },
    { args: [x, [slice(null), 3]] },
    /axis of 3 and key 3/u,
  ],
  [
    "with an index of the wrong kind",
    { class_name: "GetItem", config: {} },
    { args: [x, [slice("a")]] },
    /GetItem with key/u,
  ],
  [
    "with an argument of a class",
    { class_name: "Add", config: {} },
    { args: [x, { class_name: "X", config: {} }] },
    /an operation takes/u,
  ],
  [
    "that takes its own value",
    { class_name: "Add", config: {} },
    { args: [{ ...x, config: { keras_history: ["o", 0, 0] } }, 1] },
    /or its own/u,
  ],
  ["of a name of prototypes", { class_name: "constructor", config: {} }, { args: [x] }, /is not computed/u],
])("an operation %s is refused", (_name, operation, call, message) => {
  const made = (): unknown => modelFrom(readKerasFile(operationFile(operation, call)));
  expect(made).toThrow(message);
  expect(made).toThrow(expect.objectContaining({ code: "format" }));
});

function dense3(config: object): object {
  return { module: "keras.layers", class_name: "Dense", config: { units: 2, name: "d", ...config } };
}

test("sizes that are left open are asked for", () => {
  expect(refusal(dense3({}), [null, null, 3])).toMatch(/\[batch, any, 3\].*inputShape/u);
});

test("keys that are names of prototypes change nothing", () => {
  const config = JSON.parse(
    '{"units": 2, "name": "d", "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}',
  );
  expect(refusal({ module: "keras.layers", class_name: "Dense", config })).toMatch(/./u);
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("a layer of the user's own is made by his maker, with its weights in order", async () => {
  const layer = {
    module: "mine",
    class_name: "Mine",
    config: { name: "own", num_units: 2 },
    registered_name: "mine>Mine",
  };
  const own = {
    members: new Map([["0", { dtype: "f32" as const, shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) }]]),
  };
  const stored = writeHdf5({
    members: new Map([["layers", { members: new Map([["mine", { members: new Map([["vars", own]]) }]]) }]]),
  });
  const file = writeArchive([
    [
      "config.json",
      new TextEncoder().encode(
        JSON.stringify({
          class_name: "Sequential",
          config: {
            name: "s",
            layers: [{ class_name: "InputLayer", config: { batch_shape: [null, 3], name: "x" } }, layer],
          },
        }),
      ),
    ],
    ["model.weights.h5", stored],
  ]);
  const make = (options: { name?: string; numUnits?: number }) =>
    dense({ units: options.numUnits ?? 0, useBias: false, name: options.name });
  const model = modelFrom(readKerasFile(file, { custom: new Set(["Mine"]) }), { Mine: { make } });
  const [kernel] = Object.values(allWeights(model.core));
  expect(Array.from((await kernel?.data()) ?? [])).toEqual([1, 2, 3, 4, 5, 6]);
});
