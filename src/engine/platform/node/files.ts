// Files of the machine in Node. Writing is atomic: a reader sees the old bytes or the new, never a part.

import { createHash, randomUUID } from "node:crypto";
import * as fs from "node:fs/promises";
import { basename, dirname, join, sep } from "node:path";
import { messageOf, SinterError } from "#engine/base/error.ts";
import type { FileSystem, FolderEntry } from "#engine/platform/api.ts";

/** Node reads at most 2 GiB into one buffer; larger files are read in parts by formats. */
const maxReadBytes = 2 ** 31 - 1;

/** The files that this process may read and write. */
export const files: FileSystem = {
  separator: sep,
  read: (path) => attempt("read", path, () => readFile(path)),
  writeAtomically: (path, bytes) => attempt("write", path, () => writeAtomically(path, bytes)),
  append: (path, text) => attempt("write", path, () => fs.appendFile(path, text)),
  list: (path) => attempt("list", path, () => list(path)),
  stat: (path) => attempt("read", path, () => stat(path)),
  makeFolder: (path) => attempt("make folder", path, () => fs.mkdir(path, { recursive: true }).then(() => undefined)),
  remove: (path) => attempt("remove", path, () => fs.rm(path, { recursive: true, force: true })),
  rename: (from, to) => attempt("rename", from, () => fs.rename(from, to)),
};

/** SHA-256 in lower-case hexadecimal. */
export function sha256(bytes: Uint8Array): Promise<string> {
  return Promise.resolve(createHash("sha256").update(bytes).digest("hex"));
}

async function readFile(path: string): Promise<Uint8Array> {
  const { size } = await fs.stat(path);
  if (size > maxReadBytes) {
    throw new SinterError("limit", `read "${path}": ${size} bytes, at most ${maxReadBytes} are read at once.`, {
      path,
    });
  }
  const buffer = await fs.readFile(path);
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);
}

async function writeAtomically(path: string, bytes: Uint8Array | string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const handle = await fs.open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes a rename last through a power cut; Windows has no such call and refuses to open a folder. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function list(path: string): Promise<FolderEntry[]> {
  const entries = await fs.readdir(path, { withFileTypes: true });
  return await Promise.all(
    entries.map(async (entry): Promise<FolderEntry> => {
      if (entry.isFile()) return { name: entry.name, kind: "file" };
      if (entry.isDirectory()) return { name: entry.name, kind: "folder" };
      if (!entry.isSymbolicLink()) return { name: entry.name, kind: "other" };
      const target = await stat(join(path, entry.name));
      return { name: entry.name, kind: target?.kind ?? "other" };
    }),
  );
}

async function stat(path: string): Promise<Awaited<ReturnType<FileSystem["stat"]>>> {
  try {
    const [found, realPath] = await Promise.all([fs.stat(path), fs.realpath(path)]);
    const kind = found.isFile() ? "file" : found.isDirectory() ? "folder" : "other";
    return { kind, bytes: found.size, realPath };
  } catch (error) {
    // ELOOP: a link that ends in itself leads nowhere.
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP") return undefined;
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder. Check the path.",
  ENOTDIR: "a part of the path is a file, not a folder. Check the path.",
  EISDIR: "it is a folder, expected a file. Check the path.",
  EACCES: "access is denied. Check its permissions.",
  EPERM: "the system does not allow it. Check its permissions.",
  ENOSPC: "the disk is full. Make room.",
  EROFS: "the disk is read-only. Choose another folder.",
  EEXIST: "it is there already. Choose another name.",
  EMFILE: "too many files are open. Raise the limit (ulimit -n).",
};

async function attempt<Result>(action: string, path: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (error instanceof SinterError) throw error;
    const code = errorCode(error);
    const reason = reasons[code] ?? `${messageOf(error)}.`;
    throw new SinterError("file", `${action} "${path}": ${reason}`, { path, code }, error);
  }
}

function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
