// The table of rooms: which room may import which. docs/architecture.md explains it; architecture.test.ts holds it.

const learning = ["nn", "optim", "data", "train", "formats", "parallel", "zoo", "trust"].map(
  (room) => `learning/${room}` as const,
);

/** Room → rooms it may import. Types count. A room may always import itself. */
export const rooms: Readonly<Record<string, readonly string[]>> = {
  "engine/base": [],
  "engine/graph": ["engine/base"],
  "engine/ops": ["engine/base", "engine/graph"],
  "engine/grad": ["engine/base", "engine/graph", "engine/ops"],
  "engine/compile": ["engine/base", "engine/graph"],
  "engine/target": ["engine/base", "engine/graph"],
  "engine/platform/api.ts": ["engine/base"],
  // What node/ and browser/ share; other rooms see api.ts alone.
  "engine/platform": ["engine/base", "engine/platform/api.ts"],
  "engine/platform/node": ["engine/base", "engine/platform", "engine/platform/api.ts"],
  "engine/platform/browser": ["engine/base", "engine/platform", "engine/platform/api.ts"],
  "engine/runtime": ["engine/base", "engine/graph", "engine/compile", "engine/target", "engine/platform/api.ts"],
  "engine/tensor": ["engine/base", "engine/graph", "engine/ops", "engine/grad", "engine/runtime"],
  "learning/nn": ["engine/base", "engine/tensor"],
  "learning/optim": ["engine/base", "engine/tensor"],
  "learning/data": ["engine/base", "engine/tensor", "engine/platform/api.ts"],
  "learning/formats": ["engine/base", "engine/graph", "engine/ops", "engine/tensor", "engine/platform/api.ts"],
  "learning/train": [
    "engine/base",
    "engine/tensor",
    "engine/platform/api.ts",
    "learning/nn",
    "learning/optim",
    "learning/data",
    "learning/formats",
  ],
  "learning/parallel": ["engine/base", "engine/tensor", "engine/platform/api.ts", "learning/train"],
  "learning/zoo": [
    "engine/base",
    "engine/tensor",
    "engine/platform/api.ts",
    "learning/nn",
    "learning/optim",
    "learning/train",
    "learning/formats",
  ],
  "learning/trust": [
    "engine/base",
    "engine/tensor",
    "engine/platform/api.ts",
    "learning/nn",
    "learning/train",
    "learning/data",
  ],
  "app/tasks": ["engine/base", "engine/tensor", "engine/platform/api.ts", ...learning],
  "app/serve": ["engine/tensor", ...learning, "app/tasks"],
  "app/cli": ["app/tasks", "app/serve", "entry/node.ts"],
  entry: [
    "engine/base",
    "engine/graph",
    "engine/ops",
    "engine/grad",
    "engine/runtime",
    "engine/tensor",
    "engine/platform/api.ts",
    "engine/platform/node",
    "engine/platform/browser",
    ...learning,
    "app/tasks",
    "app/serve",
  ],
};

/** Rooms that may import Node's own modules. */
export const roomsOfNode: readonly string[] = ["engine/platform/node", "app/serve", "app/cli", "entry"];

/** Packages each room may import; the engine proper has none, so that it runs in a page with nothing else. */
export const packages: Readonly<Record<string, readonly string[]>> = {
  "engine/platform/node": ["koffi", "sharp"],
  "learning/data": [
    "@huggingface/jinja",
    "@huggingface/tokenizers",
    "@uwdata/flechette",
    "hyparquet",
    "hyparquet/src/column.js",
    "hyparquet/src/thrift.js",
    "papaparse",
  ],
  "learning/formats": ["@bufbuild/protobuf", "@bufbuild/protobuf/wire", "fflate"],
  "app/cli": ["commander"],
  entry: ["@swc/wasm-typescript"],
};
