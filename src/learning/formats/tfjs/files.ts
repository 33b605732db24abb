// The files of a model of TensorFlow.js in a folder: a model.json or a manifest, and the shards that it names. Sizes are
// compared before a shard is read, and no name or link leads out of the folder.

import { SinterError } from "#engine/base/error.ts";
import { type FileFacts, platform } from "#engine/platform/api.ts";
import { decodeManifest, type WeightGroup } from "./manifest.ts";
import { checkBytes, decodeGroups, type TfjsWeights } from "./weights.ts";

/**
 * The weights of a model.json, of a manifest in a file of its own, or of the model.json in a folder.
 * @throws file where one is not there; format where one is damaged, or a shard's name or link leads out of the folder
 */
export async function loadTfjsWeights(path: string): Promise<TfjsWeights> {
  const files = await readTfjsFiles(path);
  return decodeGroups(decodeManifest(files.get("model.json") ?? new Uint8Array(), path), files);
}

/**
 * The files of a model, read whole: the description as model.json, the shards by the names that its manifest gives them,
 * and a metadata.json, which projects of Teachable Machine have.
 * @throws file, format
 */
export async function readTfjsFiles(path: string): Promise<Map<string, Uint8Array>> {
  const { files } = platform();
  const facts = await factsOf(path);
  const file = facts.kind === "folder" ? `${path}${files.separator}model.json` : path;
  const description = await files.read(file);
  const read = await readShards(decodeManifest(description, file), file);
  const folder = folderOf(file);
  const isThere = (await files.stat(`${folder}${files.separator}metadata.json`))?.kind === "file";
  if (isThere) {
    const { realPath } = await placeOf(folder, (await factsOf(folder)).realPath, "metadata.json");
    read.set("metadata.json", await files.read(realPath));
  }
  return read.set("model.json", description);
}

/** The shards of a manifest that lies at `file`. */
async function readShards(groups: readonly WeightGroup[], file: string): Promise<Map<string, Uint8Array>> {
  const { files } = platform();
  const folder = folderOf(file);
  const root = (await factsOf(folder)).realPath;
  const shards = new Map<string, Uint8Array>();
  for (const group of groups) {
    const places = await Promise.all(group.paths.map((name) => placeOf(folder, root, name)));
    checkBytes(
      group,
      places.reduce((sum, { bytes }) => sum + bytes, 0),
    );
    for (const { name, realPath } of places) shards.set(name, await files.read(realPath));
  }
  return shards;
}

async function placeOf(folder: string, root: string, name: string): Promise<FileFacts & { readonly name: string }> {
  const { separator } = platform().files;
  const facts = await factsOf(`${folder}${separator}${name.replaceAll("/", separator)}`);
  const inside = root.endsWith(separator) ? root : `${root}${separator}`;
  if (facts.kind !== "file" || !facts.realPath.startsWith(inside)) {
    throw new SinterError(
      "format",
      `tfjs: shard "${name}" is no file in the model's folder. Keep its files together.`,
      {
        name,
      },
    );
  }
  return { ...facts, name };
}

async function factsOf(path: string): Promise<FileFacts> {
  const facts = await platform().files.stat(path);
  if (facts !== undefined) return facts;
  throw new SinterError("file", `${path}: there is nothing. Check the path.`, { path });
}

/** The folder that a file lies in. */
function folderOf(path: string): string {
  const { separator } = platform().files;
  const end = Math.max(path.lastIndexOf("/"), path.lastIndexOf(separator));
  return end < 0 ? "." : end === 0 ? path.slice(0, 1) : path.slice(0, end);
}
