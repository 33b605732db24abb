// The texts of a file or a folder as vectors, and a file of them. Writes over nothing that is there unless it is told to.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions } from "#engine/base/options.ts";
import { platform } from "#engine/platform/api.ts";
import { textFolder } from "#learning/data/text/text-folder.ts";
import { encodeNpy } from "#learning/formats/npy.ts";
import { encodeSafetensors, type StoredTensor } from "#learning/formats/safetensors.ts";
import { textEmbedder, type EmbedOptions } from "./text-embedder.ts";

export interface EmbedFileOptions extends EmbedOptions {
  /** Folder of the encoder, as `textEmbedder.load` takes it. */
  readonly model: string;
  /** A file to write, by its ending: .npy, .safetensors or .csv. */
  readonly out?: string | undefined;
  /** Whether a file that is there is written over; false by default. */
  readonly overwrite?: boolean | undefined;
}

/** Texts and their vectors. */
export interface EmbeddedTexts {
  /** A line's number from 1, or the path of a text's file. */
  readonly names: readonly string[];
  readonly texts: readonly string[];
  /** Of each text, `dimension` numbers, row by row. */
  readonly vectors: Float32Array;
  readonly dimension: number;
}

/** A text's file holds the vectors in the texts' order. */
type Encode = (embedded: EmbeddedTexts) => Uint8Array | string;

/** What is written, by ending. */
const encoders: Readonly<Record<string, Encode>> = {
  ".npy": (embedded) => encodeNpy(tableOf(embedded)),
  ".safetensors": (embedded) => encodeSafetensors([["embeddings", tableOf(embedded)]]),
  ".csv": csvOf,
};

/** Endings of files that are written. */
export const embeddingEndings: readonly string[] = Object.keys(encoders);

/**
 * The vector of each line of a text file (empty ones are passed over), or of each .txt file in a folder, in order.
 * @param path a text file in UTF-8, one text a line, or a folder
 * @throws file where something is not there, or the output is; data without texts; option; format for another kind of model
 * @example
 * const { names, vectors } = await embedFile("questions.txt", { model: "all-MiniLM-L6-v2", out: "questions.npy" });
 */
export async function embedFile(path: string, options: EmbedFileOptions): Promise<EmbeddedTexts> {
  checkOptions("embedFile", options, ["model", "out", "overwrite", "batchSize", "onProgress", "signal"]);
  const { model, out, overwrite = false, ...rest } = options;
  const encode = out === undefined ? undefined : await encoderOf(out, overwrite);
  const { names, texts } = await readTexts(path, rest.signal);
  const embedder = await textEmbedder.load(model);
  const output = await embedder.embed(texts, rest);
  const vectors = Float32Array.from(await output.data());
  output.dispose();
  const embedded = { names, texts, vectors, dimension: embedder.dimension };
  if (out !== undefined && encode !== undefined) await platform().files.writeAtomically(out, encode(embedded));
  return embedded;
}

async function encoderOf(out: string, overwrite: boolean): Promise<Encode> {
  const ending = /\.[^./\\]*$/.exec(out)?.[0].toLowerCase() ?? "";
  const encode = Object.hasOwn(encoders, ending) ? encoders[ending] : undefined;
  if (encode === undefined) {
    const known = embeddingEndings.join(", ");
    throw new SinterError("option", `embedFile: "${out}" has no ending that is written. Give one of ${known}.`, {
      out,
    });
  }
  if (overwrite || (await platform().files.stat(out)) === undefined) return encode;
  throw new SinterError("file", `"${out}" is there already. Give another name, or have it written over.`, { out });
}

async function readTexts(
  path: string,
  signal: AbortSignal | undefined,
): Promise<Pick<EmbeddedTexts, "names" | "texts">> {
  const { files } = platform();
  const facts = await files.stat(path);
  if (facts === undefined) throw new SinterError("file", `"${path}" is not there. Check the path.`, { path });
  if (facts.kind === "folder") {
    const found = await textFolder(path, { labels: "none", ...(signal === undefined ? {} : { signal }) });
    return { names: found.files, texts: found.texts };
  }
  const lines = new TextDecoder().decode(await files.read(path)).split(/\r?\n/u);
  const numbered = lines.map((text, at) => ({ text, name: String(at + 1) })).filter(({ text }) => text.trim() !== "");
  if (numbered.length > 0) return { names: numbered.map(({ name }) => name), texts: numbered.map(({ text }) => text) };
  throw new SinterError("data", `"${path}" has no texts. Write one a line, or give a folder of .txt files.`, { path });
}

function tableOf({ names, vectors, dimension }: EmbeddedTexts): StoredTensor {
  return { dtype: "f32", shape: [names.length, dimension], data: vectors };
}

/** The text's name, then its numbers. */
function csvOf({ names, vectors, dimension }: EmbeddedTexts): string {
  const quoted = (text: string): string => (/[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const head = ["name", ...Array.from({ length: dimension }, (_, at) => String(at))].join(",");
  const rows = names.map((name, place) => {
    const values = Array.from(vectors.subarray(place * dimension, (place + 1) * dimension), String);
    return [quoted(name), ...values].join(",");
  });
  return `${[head, ...rows].join("\n")}\n`;
}

/** For each text the other one whose vector has the largest cosine with its own. */
export function nearestTexts({ names, vectors, dimension }: EmbeddedTexts): { place: number; cosine: number }[] {
  const unit = names.map((_, place) => {
    const row = vectors.subarray(place * dimension, (place + 1) * dimension);
    const length = Math.max(Math.hypot(...row), 1e-12);
    return row.map((value) => value / length);
  });
  return unit.map((row, place) => {
    let best = { place: -1, cosine: -2 };
    for (const [other, values] of unit.entries()) {
      if (other === place) continue;
      let cosine = 0;
      for (let at = 0; at < dimension; at += 1) cosine += (row[at] ?? 0) * (values[at] ?? 0);
      if (cosine > best.cosine) best = { place: other, cosine };
    }
    return best;
  });
}
