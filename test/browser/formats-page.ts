// The page that formats.test.ts opens: fetches files of other libraries from the server, as pages do, and reads them.

import "#entry/install-browser.ts";
import { messageOf } from "#engine/base/error.ts";
import { decodeF16 } from "#engine/base/half.ts";
import { tensor } from "#engine/tensor/create.ts";
import { closeDevice, currentDevice } from "#engine/tensor/device.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import { decodeTensorProto } from "#learning/formats/onnx/decode.ts";
import { loadOnnx } from "#learning/formats/onnx/load.ts";
import { decodeNpy, decodeNpz } from "#learning/formats/npy.ts";
import { readSafetensors } from "#learning/formats/safetensors-files.ts";
import { decodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";

/** What the test reads from the page; tensors as dtype, shape and values. */
export interface FormatsRun {
  readonly device: string;
  readonly safetensors: Readonly<Record<string, PlainTensor>>;
  readonly npz: Readonly<Record<string, PlainTensor>>;
  /** By case of NumPy's files. */
  readonly arrays: Readonly<Record<string, PlainTensor>>;
  /** By case of ONNX's own suite the largest difference from the outputs that it stores. */
  readonly cases: Readonly<Record<string, number>>;
  /** What the page says to a path and to damaged files. */
  readonly refusals: readonly string[];
}

export interface PlainTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

const plain = ({ dtype, shape, data }: StoredTensor): PlainTensor => ({
  dtype,
  shape,
  values: Array.from(data, (value) => (dtype === "f16" ? decodeF16(value) : value)),
});
const plainTensors = (tensors: ReadonlyMap<string, StoredTensor>): Record<string, PlainTensor> =>
  Object.fromEntries(Array.from(tensors, ([name, tensor]) => [name, plain(tensor)]));

async function fetched(name: string): Promise<Uint8Array> {
  const answer = await fetch(name);
  if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
const jsonOf = async (name: string): Promise<unknown> => JSON.parse(new TextDecoder().decode(await fetched(name)));

async function readArrays(): Promise<Record<string, PlainTensor>> {
  const { cases } = (await jsonOf("arrays.json")) as { readonly cases: readonly { name: string; file: string }[] };
  const rules = { float64: "round" } as const;
  return Object.fromEntries(cases.map(({ name, file }) => [name, plain(decodeNpy(bytesOf(file), rules))]));
}

/** The tensor of a file of a case. */
function stored(bytes: Uint8Array): Tensor {
  const { type, shape, read } = decodeTensorProto(bytes).tensor;
  const values = Array.from(read(), Number);
  return tensor(values, { shape, dtype: type === "f32" ? "f32" : type === "bool" ? "bool" : "i32" });
}

async function runCase(files: Readonly<Record<string, string>>): Promise<number> {
  const fileOf = (name: string): Uint8Array => bytesOf(files[name] ?? "");
  const runner = await loadOnnx(fileOf("model.onnx"));
  const inputs = runner.inputs.map(({ name }, index) => [name, stored(fileOf(`test_data_set_0/input_${index}.pb`))]);
  const results = await runner.run(Object.fromEntries(inputs));
  let most = 0;
  for (const [index, { name }] of runner.outputs.entries()) {
    const expected = await stored(fileOf(`test_data_set_0/output_${index}.pb`)).data();
    const found = await results[name]?.data();
    expected.forEach((value, place) => (most = Math.max(most, Math.abs(value - (found?.[place] ?? Number.NaN)))));
  }
  return most;
}

async function runCases(names: readonly string[]): Promise<Record<string, number>> {
  const { cases } = (await jsonOf("onnx-cases.json")) as { readonly cases: Record<string, Record<string, string>> };
  const results: Record<string, number> = {};
  for (const name of names) results[name] = await runCase(cases[name] ?? {});
  return results;
}

/** @param names of ONNX's cases */
async function run(names: readonly string[]): Promise<FormatsRun> {
  const file = await fetched("model.safetensors");
  const says = (promise: Promise<unknown>): Promise<string> => promise.then(() => "was read", messageOf);
  const refusals = [
    await says(readSafetensors("model.safetensors")),
    await says(loadOnnx("model.onnx")),
    await says((async () => decodeSafetensors(file.subarray(0, file.length - 1)))()),
    await says((async () => decodeNpz(file))()),
  ];
  const found = {
    safetensors: plainTensors(decodeSafetensors(file).tensors),
    npz: plainTensors(decodeNpz(await fetched("arrays.npz")).tensors),
    arrays: await readArrays(),
    cases: await runCases(names),
    refusals,
    device: currentDevice().name,
  };
  await closeDevice();
  return found;
}

Object.assign(globalThis, { run });
