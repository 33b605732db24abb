// ONNX files to be damaged, read and run. The seeds are the committed cases.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { sizeOf } from "#engine/base/shape.ts";
import { crc32 } from "#learning/formats/crc32.ts";
import { decodeOnnx } from "#learning/formats/onnx/decode.ts";
import type { GraphModel, ValueInfo } from "#learning/formats/onnx/graph.ts";
import { elementsOf, type GraphLimits } from "#learning/formats/onnx/limits.ts";
import { graphRunner, type GraphRunner } from "#learning/formats/onnx/load.ts";
import { readValue } from "#learning/formats/onnx/run.ts";
import { computed, knownNumbers, type Value } from "#learning/formats/onnx/value.ts";
import { type CaseFiles, filesOf, inputsIn, readWholeGraph } from "../onnx/cases.ts";
import { damageGraph } from "./graph-damage.ts";
import type { MutatedReader } from "./mutations.ts";

const { cases }: { cases: Record<string, Record<string, string>> } = JSON.parse(
  readFileSync("test/golden/onnx-cases.json", "utf8"),
);
const filesOfCase = (name: string): CaseFiles =>
  new Map(Object.entries(cases[name] ?? {}).map(([path, text]) => [path, new Uint8Array(Buffer.from(text, "base64"))]));

export const onnxSeeds: ReadonlyMap<string, Uint8Array> = new Map(
  Object.keys(cases).map((name) => [name, filesOfCase(name).get("model.onnx") ?? new Uint8Array(0)]),
);

/** Inputs that the case of a seed comes with. */
const inputsOfSeed = new Map<string, readonly Value[]>(
  [...onnxSeeds].map(([name, bytes]) => {
    return [name, [...inputsIn(decodeOnnx(bytes).graph, filesOfCase(name), "test_data_set_0").values()]];
  }),
);

/** What a damaged graph may take: little, so that what is bounded at all is bounded soon. */
export const smallLimits: GraphLimits = { maxElements: 2 ** 18, maxSteps: 500 };

/** Reads every constant. */
export function readOnnx(bytes: Uint8Array): GraphModel {
  const model = decodeOnnx(bytes);
  readWholeGraph(model.graph);
  return model;
}

/** Reads files, then runs their graphs on the inputs of the undamaged ones. */
export const onnxRunner: Omit<MutatedReader, "count"> = {
  seeds: onnxSeeds,
  read: (bytes, seed) => {
    const runner = graphRunner(readOnnx(bytes), { limits: smallLimits });
    return () => runSmall(runner, inputsOf(seed));
  },
  run: async (run) => {
    if (typeof run === "function") await run();
  },
};

/** Damages graphs behind the decoder, in as many ways as their bytes were; then runs them. */
export const graphDamager: Omit<MutatedReader, "count"> = {
  ...onnxRunner,
  read: (bytes, seed) => {
    const damaged = damageGraph(wholeModel(seed), crc32(bytes));
    return () => runSmall(graphRunner(damaged, { limits: smallLimits }), inputsOf(seed));
  },
};

const models = new Map<string, GraphModel>();

function wholeModel(seed: string): GraphModel {
  const found =
    models.get(seed) ?? decodeOnnx(onnxSeeds.get(seed) ?? new Uint8Array(readFileSync(join(".data", seed))));
  models.set(seed, found);
  return found;
}

/** Inputs that a seed comes with: of the committed cases, and of ONNX's suite in .data. */
function inputsOf(seed: string): readonly Value[] | undefined {
  const found = inputsOfSeed.get(seed);
  if (found !== undefined || !seed.endsWith("/model.onnx")) return found;
  const files = filesOf(dirname(join(".data", seed)));
  const inputs = [...inputsIn(wholeModel(seed).graph, files, "test_data_set_0").values()];
  inputsOfSeed.set(seed, inputs);
  return inputs;
}

/** Inputs of more elements are left out, so that the run is refused. */
const maxInput = 4096;

/** Runs a graph and reads what it gives. @param given by place; else numbers of the declared shapes, open extents being 1 */
export async function runSmall(runner: GraphRunner, given?: readonly Value[]): Promise<void> {
  const { inputs, initializers } = runner.model.graph;
  const asked = inputs.filter(({ name }) => !initializers.has(name));
  const values = asked.flatMap((info, place): [string, Value][] => {
    const own = given?.[place];
    const value = own !== undefined && elementsOf(own) <= maxInput ? own : valueOf(info);
    return value === undefined ? [] : [[info.name, value]];
  });
  const signal = AbortSignal.timeout(10_000);
  for (const value of (await runner.runValues(new Map(values), { signal })).values()) {
    for (const one of value.kind === "sequence" ? value.items : [value]) {
      if (one.kind === "tensor" && one.type !== "string") await readValue(one);
    }
  }
}

function valueOf({ type }: ValueInfo): Value | undefined {
  if (type.kind === "sequence") return { kind: "sequence", items: [] };
  if (type.kind !== "tensor") return { kind: "absent" };
  const shape = (type.shape ?? [1]).map((extent) => (typeof extent === "number" && extent >= 0 ? extent : 1));
  const size = sizeOf(shape);
  if (size > maxInput || type.type === "string") return undefined;
  const numbers = Float64Array.from({ length: size }, (_, at) => (at * 7) % 5);
  const value = knownNumbers(type.type ?? "f32", shape, numbers);
  return computed(value.type, value.device());
}
