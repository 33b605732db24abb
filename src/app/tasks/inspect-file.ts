// What is in a file of any format that is known, in facts: tensors, a model's layers and costs, or a description.
// Decoders bound what they read; nothing is executed.

import { decodeBf16, decodeF16 } from "#engine/base/half.ts";
import { byteSize, type DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { type Shape, sizeOf } from "#engine/base/shape.ts";
import { platform } from "#engine/platform/api.ts";
import { decodeModelJson, type ModelDescription } from "#learning/formats/model-json.ts";
import { readTensors, tensorFormats, withoutTensors } from "#learning/formats/read-tensors.ts";
import { type FileFormat, recognize, type Recognized } from "#learning/formats/recognize.ts";
import type { StoredTensor } from "#learning/formats/safetensors.ts";
import { loadTfjsGraph } from "#learning/formats/tfjs/graph-model.ts";
import { summarize } from "#learning/nn/summary.ts";
import { loadModel } from "#learning/train/load-model.ts";
import type { Model } from "#learning/train/model.ts";
import { graphFacts, isTfjsGraph, otherFacts, type OtherFacts } from "./inspect-other.ts";
import { layerCosts } from "./report/layer-costs.ts";

/** A tensor of a file in numbers. */
export interface TensorFacts {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly bytes: number;
  /** Of the finite values; null where there are none. */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  /** Values that are NaN or infinite. */
  readonly numNotFinite: number;
}

/** What every report says. */
interface FileFacts {
  readonly file: string;
  readonly format: FileFormat;
  readonly bytes: number;
}

/** What a file holds. */
export type FileReport = FileFacts &
  (
    | {
        readonly kind: "tensors";
        readonly tensors: readonly TensorFacts[];
        readonly metadata: Readonly<Record<string, string>>;
        /** Why a file that could be a model is not read as one. */
        readonly reason?: string;
      }
    /** What a model.json says. */
    | { readonly kind: "model"; readonly model: ModelDescription }
    | {
        readonly kind: "network";
        readonly name: string;
        /** Keras's table of layers. */
        readonly summary: string;
        readonly numLayers: number;
        readonly numWeights: number;
        /** Floating-point operations of the kernels for one sample, two for each multiplication with an addition. */
        readonly flops: number;
      }
    | OtherFacts
  );

export interface InspectFileOptions {
  /** Shape of one sample of a model's first input, where the file leaves sizes open. */
  readonly inputShape?: Shape | undefined;
}

/** Formats of models with layers. */
const modelFormats: readonly FileFormat[] = ["sinter", "keras", "hdf5", "tfjs"];

/**
 * The facts of a file or of a model's folder: safetensors, .npy, .npz, PyTorch, GGUF, HDF5 and Keras's files, TensorFlow.js,
 * ONNX, a model that `save` wrote, events of TensorBoard, CSV, Parquet and Arrow. The format is seen from the content.
 * @throws file when it is not there; format for another kind of file, or a damaged one; option where `inputShape` has another rank
 * @example
 * const report = await inspectFile("runs/pets/model.safetensors");
 */
export async function inspectFile(file: string, options: InspectFileOptions = {}): Promise<FileReport> {
  checkOptions("inspectFile", options, ["inputShape"]);
  const { inputShape } = options;
  const found = await platform().files.stat(file);
  if (found === undefined || found.kind === "other") {
    const what = found === undefined ? "is not there" : "is no file";
    throw new SinterError("file", `"${file}" ${what}. Give a run, a model, or a file of tensors.`, { file });
  }
  const recognized = await recognize(file);
  const { format, bytes } = recognized;
  const facts = { file, format, bytes };
  if (format === "sinter" && found.kind === "file") {
    return { kind: "model", ...facts, model: decodeModelJson(await platform().files.read(file)) };
  }
  const other = await otherFacts(recognized.file, format, inputShape);
  if (other !== undefined) return { ...facts, ...other };
  if (!modelFormats.includes(format)) return { kind: "tensors", ...facts, ...(await tensorReport(file, recognized)) };
  try {
    if (format === "tfjs" && (await isTfjsGraph(recognized.file))) {
      return { ...facts, ...graphFacts(await loadTfjsGraph(recognized.file), inputShape) };
    }
    return { kind: "network", ...facts, ...networkFacts(await loadModel(file, { inputShape })) };
  } catch (error) {
    // Weights alone, or a model with layers that are not read: its tensors can be shown.
    if (!(error instanceof SinterError) || error.code !== "format" || !tensorFormats.includes(format)) throw error;
    return { kind: "tensors", ...facts, ...(await tensorReport(file, recognized)), reason: error.message };
  }
}

async function tensorReport(
  file: string,
  { format }: Recognized,
): Promise<{ readonly tensors: readonly TensorFacts[]; readonly metadata: Readonly<Record<string, string>> }> {
  if (!tensorFormats.includes(format)) throw await withoutTensors(file, format);
  const { tensors, metadata } = await readTensors(file, { float64: "round" });
  return { metadata, tensors: Array.from(tensors, factsOf) };
}

function networkFacts({
  name,
  core: { network },
}: Model): Omit<FileReport & { readonly kind: "network" }, "kind" | keyof FileFacts> {
  const costs = layerCosts(network);
  return {
    name,
    summary: summarize(name, network, undefined).trimEnd(),
    numLayers: costs.length,
    numWeights: network.weights.reduce((total, { shape }) => total + sizeOf(shape), 0),
    flops: costs.reduce((total, { flops }) => total + flops, 0),
  };
}

function factsOf([name, { dtype, shape, data }]: readonly [string, StoredTensor]): TensorFacts {
  const valueOf = decoderOf(dtype);
  let [min, max, sum, numFinite] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const stored of data) {
    const value = valueOf(stored);
    if (Number.isFinite(value)) {
      min = Math.min(min, value);
      max = Math.max(max, value);
      sum += value;
      numFinite += 1;
    }
  }
  const numNotFinite = data.length - numFinite;
  const range = numFinite === 0 ? { min: null, max: null, mean: null } : { min, max, mean: sum / numFinite };
  return { name, dtype, shape, bytes: data.length * byteSize(dtype), ...range, numNotFinite };
}

/** Numbers from what a file's decoder gives: f16 and bf16 come as their bits. */
function decoderOf(dtype: DType): (stored: number) => number {
  if (dtype === "f16") return decodeF16;
  return dtype === "bf16" ? decodeBf16 : (stored) => stored;
}
