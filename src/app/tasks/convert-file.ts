// One file's content in another format: tensors as tensors, models as models. Says what is lost; writes over nothing that is
// there unless it is told to.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { encodeNpy, encodeNpz } from "#learning/formats/npy.ts";
import { readTensors, type TensorFile, tensorFormats } from "#learning/formats/read-tensors.ts";
import { type FileFormat, recognize } from "#learning/formats/recognize.ts";
import { encodeSafetensors } from "#learning/formats/safetensors.ts";
import { loadModel } from "#learning/train/load-model.ts";
import { saveTfjs } from "#learning/train/tfjs-files.ts";

/** Formats that are written. */
export type ConvertTarget = "safetensors" | "npz" | "npy" | "keras" | "onnx" | "tfjs" | "sinter";

export interface ConvertOptions {
  /** The format to write; by default what the ending says, and a model's folder where there is none. */
  readonly to?: ConvertTarget | undefined;
  /** Whether what is there is written over; false by default. */
  readonly overwrite?: boolean | undefined;
  /** 64-bit floats: `refuse` (default) or `round` to f32. */
  readonly float64?: "refuse" | "round" | undefined;
}

/** What was converted. */
export interface Conversion {
  readonly input: string;
  readonly output: string;
  readonly from: FileFormat;
  readonly to: ConvertTarget;
  /** Undefined where a model was written as one. */
  readonly numTensors?: number;
  /** What the new format does not keep, a sentence each. */
  readonly lost: readonly string[];
}

/** Targets by the endings of names. */
const endings: Readonly<Record<string, ConvertTarget>> = {
  ".safetensors": "safetensors",
  ".npz": "npz",
  ".npy": "npy",
  ".keras": "keras",
  ".onnx": "onnx",
};
/** Formats that are written. */
export const convertTargets: readonly ConvertTarget[] = [
  "safetensors",
  "npz",
  "npy",
  "keras",
  "onnx",
  "tfjs",
  "sinter",
];
const modelTargets: readonly ConvertTarget[] = ["keras", "onnx", "tfjs", "sinter"];
const modelLosses: { readonly [target in ConvertTarget]?: readonly string[] } = {
  onnx: ["How the model is trained is not kept, only what it predicts."],
  tfjs: ["The optimizer's state is not kept."],
};
const modelFormats: readonly FileFormat[] = ["sinter", "keras", "hdf5", "tfjs"];

/**
 * Writes what a file holds in another format. Tensors: from safetensors (one file or several), .npy, .npz, PyTorch, GGUF,
 * HDF5, ONNX and models into .safetensors, .npz, and one alone into .npy. Models: from Keras's and TensorFlow.js's files and
 * folders that `save` wrote into .keras, .onnx, a folder of TensorFlow.js (`to: "tfjs"`) and such folders.
 * @throws file where the output is there; format where the input is damaged or cannot become what is asked for
 * @example
 * await convertFile("weights.pth", "weights.safetensors");
 */
export async function convertFile(input: string, output: string, options: ConvertOptions = {}): Promise<Conversion> {
  checkOptions("convertFile", options, ["to", "overwrite", "float64"]);
  const { format } = await recognize(input);
  const to = options.to ?? targetOf(output);
  await checkOutput(input, output, options.overwrite ?? false);
  const done = { input, output, from: format, to };
  if (modelTargets.includes(to)) {
    await convertModel(input, output, to, format);
    return { ...done, lost: modelLosses[to] ?? [] };
  }
  const { float64 = "refuse" } = options;
  const file = await readTensors(input, { float64 });
  await platform().files.writeAtomically(output, encode(file, to, output));
  return { ...done, numTensors: file.tensors.size, lost: lossesOf(file, to) };
}

function targetOf(output: string): ConvertTarget {
  const [name = ""] = /[^/\\]*$/.exec(output) ?? [];
  const ending = /\.[^.]*$/.exec(name)?.[0].toLowerCase();
  if (ending === undefined) return "sinter";
  const target = Object.hasOwn(endings, ending) ? endings[ending] : undefined;
  if (target !== undefined) return target;
  throw new SinterError(
    "option",
    `convertFile: "${output}" has an ending of no format that is written. Give one of ${Object.keys(endings).join(", ")}, ` +
      "a name without ending for a model's folder, or say which: to.",
    { output },
  );
}

/** Nothing that is there is lost: neither what is converted nor what bears the new name. */
async function checkOutput(input: string, output: string, overwrite: boolean): Promise<void> {
  const { files } = platform();
  const [there, source] = await Promise.all([files.stat(output), files.stat(input)]);
  if (there === undefined) return;
  if (there.realPath === source?.realPath) {
    throw new SinterError("file", `"${output}" is what is converted. Give another name.`, { output });
  }
  if (!overwrite) {
    throw new SinterError("file", `"${output}" is there already. Give another name, or have it written over.`, {
      output,
    });
  }
  if (there.kind !== "file") {
    throw new SinterError(
      "file",
      `"${output}" is a folder, which is not written over. Remove it, or give another name.`,
      {
        output,
      },
    );
  }
}

async function convertModel(input: string, output: string, to: ConvertTarget, format: FileFormat): Promise<void> {
  if (!modelFormats.includes(format)) {
    const way = wayToModel(format);
    throw new SinterError("format", `"${input}" (${format}) cannot become a model (${to}). ${way}.`, { input, format });
  }
  const model = await loadModel(input);
  if (to === "keras" && !/\.keras$/i.test(output)) {
    throw new SinterError("option", `convertFile: "${output}" must end in ".keras", or Keras does not open it.`, {
      output,
    });
  }
  if (to === "onnx") await model.exportOnnx(output);
  else if (to === "tfjs") await saveTfjs(model, output);
  else await model.save(output);
}

function wayToModel(format: FileFormat): string {
  if (format === "onnx")
    return "A graph of ONNX has no layers; it runs as it is, by loadOnnx, and its weights become .safetensors";
  if (!tensorFormats.includes(format)) return `Models are read from ${modelFormats.join(", ")}`;
  return "It holds tensors without layers: convert it to .safetensors, build the model, and give it the tensors by setWeights";
}

function encode({ tensors, metadata }: TensorFile, to: ConvertTarget, output: string): Uint8Array {
  if (to === "safetensors") return encodeSafetensors(tensors, metadata);
  if (to === "npz") return encodeNpz(tensors);
  const [only, ...more] = tensors.values();
  if (only === undefined || more.length > 0) {
    throw new SinterError(
      "format",
      `"${output}": a .npy file holds one tensor, here are ${tensors.size}. Write .npz or .safetensors.`,
      { output },
    );
  }
  return encodeNpy(only);
}

function lossesOf({ format, tensors, metadata }: TensorFile, to: ConvertTarget): string[] {
  const isNumpy = to === "npz" || to === "npy";
  const numWide = [...tensors.values()].filter(({ dtype }) => dtype === "bf16").length;
  const numTexts = Object.keys(metadata).length;
  return [
    ...(modelFormats.includes(format) ? ["The layers of the model are not kept, only its weights."] : []),
    ...(isNumpy && numTexts > 0 ? [`Metadata is not kept (texts: ${numTexts}).`] : []),
    ...(isNumpy && numWide > 0 ? [`bfloat16 is kept as float32, with the same values (tensors: ${numWide}).`] : []),
  ];
}
