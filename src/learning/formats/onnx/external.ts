// Constants that lie in files beside a model. Only files inside the model's own folder are read: no path leads out of it, no link
// is followed, and together they are not read more than twice.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import type { ExternalBytes, ExternalPlace } from "./decode-tensor.ts";

/** How often all bytes of the files may be read together: constants may share places, but not many times. */
const maxReads = 2;
const maxFiles = 1024;
const maxNameLength = 1024;

/** Reads what a model asks for. @throws format for a place outside of the folder or the file; file where one is missing */
export async function readExternal(modelPath: string, places: readonly ExternalPlace[]): Promise<ExternalBytes> {
  const { files } = platform();
  const cut = Math.max(modelPath.lastIndexOf("/"), modelPath.lastIndexOf(files.separator));
  const folder = cut < 0 ? "." : modelPath.slice(0, cut + 1);
  const sizes = await sizesOf(folder, new Set(places.map(({ location }) => location)));
  const read = new Map<string, Uint8Array>();
  let budget = maxReads * [...sizes.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  for (const place of places) {
    const file = sizes.get(place.location);
    if (file === undefined || read.has(keyOf(place))) continue;
    const length = place.length ?? file.bytes - place.offset;
    if (length < 0 || place.offset + length > file.bytes)
      throw refused(place.location, "is shorter than the model says");
    budget -= length;
    if (budget < 0) throw refused(place.location, "is read over and over");
    const bytes = new Uint8Array(length);
    if (length > 0) await files.readInto(file.path, place.offset, bytes);
    read.set(keyOf(place), bytes);
  }
  return (place) => read.get(keyOf(place)) ?? new Uint8Array(0);
}

function keyOf({ location, offset, length }: ExternalPlace): string {
  return `${offset}:${length ?? ""}:${location}`;
}

interface ExternalFile {
  readonly path: string;
  readonly bytes: number;
}

async function sizesOf(folder: string, locations: ReadonlySet<string>): Promise<Map<string, ExternalFile>> {
  const { files } = platform();
  if (locations.size > maxFiles) throw refused(`${locations.size} files`, "are more than a model has");
  const root = await files.stat(folder);
  const found = new Map<string, ExternalFile>();
  for (const location of locations) {
    checkName(location);
    const path = folder === "." ? location : `${folder}${location}`;
    const facts = await files.stat(path);
    if (facts === undefined || root === undefined) {
      throw new SinterError(
        "file",
        `onnx: the model's weights lie in "${location}", which is not beside it. Put it there.`,
        {
          location,
        },
      );
    }
    const expected = [root.realPath, ...location.split("/")].join(files.separator).replaceAll("//", "/");
    if (facts.kind !== "file" || facts.realPath !== expected)
      throw refused(location, "is no file of the model's folder");
    found.set(location, { path, bytes: facts.bytes });
  }
  return found;
}

/** @throws format for a name that could lead out of the folder */
function checkName(location: string): void {
  const parts = location.split("/");
  const isPlain = parts.every((part) => part !== "" && part !== "." && part !== "..");
  const isSafe = isPlain && !location.includes("\\") && !location.includes(":") && !location.includes("\0");
  if (!isSafe || location.length > maxNameLength)
    throw refused(location.slice(0, 80), "lies outside of the model's folder");
}

function refused(location: string, what: string): SinterError {
  return new SinterError("format", `onnx: "${location}" ${what}. Export the model again, with its weights inside.`, {
    location,
  });
}
