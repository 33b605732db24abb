// A test case of ONNX's own suite: a model, inputs and outputs as files. Runs it and says how it ended.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { sameShape, shapeText, sizeOf } from "#engine/base/shape.ts";
import { decodeOnnx, decodeTensorList, decodeTensorProto } from "#learning/formats/onnx/decode.ts";
import type { ElementType, Graph, GraphTensor, ValueType } from "#learning/formats/onnx/graph.ts";
import { decodeBf16 } from "#engine/base/half.ts";
import { graphRunner, type GraphRunner } from "#learning/formats/onnx/load.ts";
import { readValue } from "#learning/formats/onnx/run.ts";
import { computed, known, type TensorValue, type Value } from "#learning/formats/onnx/value.ts";

/** How a case ended. A crash is an error of another kind than SinterError. */
export interface Outcome {
  readonly name: string;
  readonly status: "passed" | "failed" | "crashed";
  /** Whether all values are of the types that the measure counts, and the domain is ONNX's own. */
  readonly isCounted: boolean;
  readonly operators: readonly string[];
  readonly reason: string;
}

const countedTypes: readonly (ElementType | undefined)[] = ["f32", "f16", "bf16", "i32", "i64", "u8", "bool"];

/** The files of a case by their paths in its folder: model.onnx and test_data_set_0/input_0.pb and so on. */
export type CaseFiles = ReadonlyMap<string, Uint8Array>;

/** Reads a case. */
export function filesOf(folder: string): CaseFiles {
  const names = readdirSync(folder, { recursive: true }).map((name) => String(name).replaceAll("\\", "/"));
  const files = names.filter((name) => /\.(onnx|pb)$/.test(name));
  return new Map(files.map((name) => [name, new Uint8Array(readFileSync(join(folder, name)))]));
}

/** Runs a case. */
export async function runCase(files: CaseFiles, name: string): Promise<Outcome> {
  let [isCounted, operators]: [boolean, readonly string[]] = [false, []];
  const end = (status: Outcome["status"], reason: string): Outcome => ({ name, status, isCounted, operators, reason });
  try {
    const model = decodeOnnx(files.get("model.onnx") ?? new Uint8Array(0));
    const { graph } = model;
    operators = [
      ...new Set(graph.nodes.map(({ domain, operator }) => (domain === "" ? operator : `${domain}:${operator}`))),
    ];
    isCounted =
      [...graph.inputs, ...graph.outputs].every(({ type }) => isCountedType(type)) &&
      graph.nodes.every(({ domain }) => domain === "");
    const runner = graphRunner(model);
    const sets = new Set([...files.keys()].flatMap((path) => path.match(/^test_data_set_\d+/) ?? []));
    for (const set of sets) {
      const problem = await problemOf(runner, files, set);
      if (problem !== undefined) return end("failed", problem);
    }
    return end("passed", "");
  } catch (error) {
    const isTyped = error instanceof SinterError && error.code !== "bug";
    return end(isTyped ? "failed" : "crashed", messageOf(error));
  }
}

/** What is wrong with the outputs for one set of inputs. */
async function problemOf(runner: GraphRunner, files: CaseFiles, set: string): Promise<string | undefined> {
  const { graph } = runner.model;
  const results = await runner.runValues(inputsIn(graph, files, set));
  for (const [index, { name, type }] of graph.outputs.entries()) {
    const bytes = files.get(`${set}/output_${index}.pb`);
    const problem = bytes === undefined ? undefined : await difference(results.get(name), valueIn(bytes, type, "host"));
    if (problem !== undefined) return `${name}: ${problem}`;
  }
  return undefined;
}

/** The inputs of a set. */
export function inputsIn(graph: Graph, files: CaseFiles, set: string): ReadonlyMap<string, Value> {
  const inputs = graph.inputs.flatMap(({ name, type }, index): [string, Value][] => {
    const bytes = files.get(`${set}/input_${index}.pb`);
    return bytes === undefined ? [] : [[name, valueIn(bytes, type, "device")]];
  });
  return new Map(inputs);
}

function isCountedType(type: ValueType): boolean {
  if (type.kind === "tensor") return countedTypes.includes(type.type);
  return type.kind === "other" ? false : isCountedType(type.element);
}

function valueIn(bytes: Uint8Array, type: ValueType, place: "device" | "host"): Value {
  const list = (): TensorValue[] => decodeTensorList(bytes).map((one) => tensorValue(one, place));
  if (type.kind === "tensor") return tensorValue(asDeclared(decodeTensorProto(bytes).tensor, type.type), place);
  if (type.kind === "sequence") return { kind: "sequence", items: list() };
  const inner = type.kind === "optional" ? type.element : type;
  if (inner.kind === "sequence") return { kind: "sequence", items: list() };
  return list()[0] ?? { kind: "absent" };
}

/** The suite stores bf16 as the words that its bits are. */
function asDeclared(tensor: GraphTensor, type: ElementType | undefined): GraphTensor {
  if (type !== "bf16" || tensor.type !== "u16") return tensor;
  return {
    type: "bf16",
    shape: tensor.shape,
    read: () => Float32Array.from(Uint16Array.from(tensor.read(), Number), decodeBf16),
  };
}

function tensorValue({ type, shape, read }: GraphTensor, place: "device" | "host"): TensorValue {
  const value = known(type, shape, read());
  return place === "host" || type === "string" ? value : computed(type, value.device());
}

/** What is wrong with a value, by the rules of ONNX's own runner: equal types and shapes, 1e-3 relative, 1e-7 absolute. */
async function difference(came: Value | undefined, expected: Value): Promise<string | undefined> {
  if (came?.kind !== expected.kind) return `${came?.kind ?? "nothing"} came, expected ${expected.kind}`;
  if (came.kind === "sequence" && expected.kind === "sequence") {
    if (came.items.length !== expected.items.length)
      return `${came.items.length} items, expected ${expected.items.length}`;
    for (const [index, item] of came.items.entries()) {
      const other = expected.items[index];
      const problem = other === undefined ? "too many" : await difference(item, other);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }
  if (came.kind !== "tensor" || expected.kind !== "tensor") return undefined;
  if (came.type !== expected.type) return `type ${came.type}, expected ${expected.type}`;
  if (!sameShape(came.shape, expected.shape))
    return `shape ${shapeText(came.shape)}, expected ${shapeText(expected.shape)}`;
  return differingValues((await readValue(came)).host ?? [], expected.host ?? []);
}

function differingValues(came: ArrayLike<number | string>, expected: ArrayLike<number | string>): string | undefined {
  for (let index = 0; index < expected.length; index += 1) {
    const [a, b] = [came[index], expected[index]];
    if (Object.is(a, b) || a === b) continue;
    if (typeof a === "number" && typeof b === "number" && Math.abs(a - b) <= 1e-7 + 1e-3 * Math.abs(b)) continue;
    return `place ${index} is ${a}, expected ${b}`;
  }
  return undefined;
}

/** A light model, whose inputs rise evenly from 0 to 1 and whose output lies beside it. */
export async function runLight(file: string, name: string): Promise<Outcome> {
  const end = (status: Outcome["status"], reason: string): Outcome => ({
    name,
    status,
    isCounted: true,
    operators: [],
    reason,
  });
  try {
    const model = decodeOnnx(readFileSync(file));
    const runner = graphRunner(model);
    const inputs = runner.inputs.map(({ name: input, shape = [] }): [string, Value] => {
      const extents = shape.map((extent) => (typeof extent === "number" ? extent : 1));
      const size = sizeOf(extents);
      const numbers = Float32Array.from({ length: size }, (_, at) => at / size);
      return [input, computed("f32", known("f32", extents, numbers).device())];
    });
    const results = await runner.runValues(new Map(inputs));
    for (const [index, { name: output }] of runner.outputs.entries()) {
      const { tensor } = decodeTensorProto(readFileSync(file.replace(".onnx", `_output_${index}.pb`)));
      const problem = await difference(results.get(output), tensorValue(tensor, "host"));
      if (problem !== undefined) return end("failed", `${output}: ${problem}`);
    }
    return end("passed", "");
  } catch (error) {
    const isTyped = error instanceof SinterError && error.code !== "bug";
    return end(isTyped ? "failed" : "crashed", messageOf(error));
  }
}

/** Decodes every constant of a graph. */
export function readWholeGraph({ nodes, initializers }: Graph): void {
  for (const { read } of initializers.values()) read();
  for (const { attributes } of nodes) {
    for (const attribute of attributes.values()) {
      if (attribute.kind === "graph") readWholeGraph(attribute.value);
      if (attribute.kind === "tensor") attribute.value.read();
    }
  }
}
