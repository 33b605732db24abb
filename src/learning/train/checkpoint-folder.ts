// Checkpoints on disk: each a folder that is written aside, synced, and renamed into place, with a manifest that says the
// size and SHA-256 of every file. A reader trusts nothing that the manifest does not confirm. Knows no model.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";

/** The files of a checkpoint, by name. */
export type CheckpointFiles = ReadonlyMap<string, Uint8Array>;

/** A checkpoint whose bytes are those that were written. */
export interface VerifiedCheckpoint {
  readonly name: string;
  readonly files: CheckpointFiles;
}

/** A checkpoint that cannot be used, and why. */
export interface DamagedCheckpoint {
  readonly name: string;
  readonly reason: string;
}

/** What a manifest says of a file. */
interface FileRecord {
  readonly bytes: number;
  readonly sha256: string;
}

const format = "sinter-checkpoint";
const version = 1;
const manifestName = "manifest.json";
/** Names of folders that were being written when their process ended. */
const asidePrefix = ".writing-";
/** Files of a checkpoint at most; a manifest with more is no manifest of ours. */
const maxFiles = 64;

/** The names of the checkpoints in a folder, newest first; none when the folder is not there. */
export async function listCheckpoints(folder: string): Promise<string[]> {
  const { files } = platform();
  if ((await files.stat(folder))?.kind !== "folder") return [];
  const entries = await files.list(folder);
  const names = entries.filter(({ kind, name }) => kind === "folder" && isCheckpointName(name)).map(({ name }) => name);
  return names.toSorted().toReversed();
}

/**
 * The name of the checkpoint of a place; names sort as the places do.
 * @param epoch from 0
 * @param step steps done in the epoch
 */
export function checkpointName(epoch: number, step: number): string {
  return `epoch-${String(epoch).padStart(6, "0")}-step-${String(step).padStart(9, "0")}`;
}

function isCheckpointName(name: string): boolean {
  return /^epoch-\d{6,}-step-\d{9,}$/.test(name);
}

/**
 * Writes a checkpoint: after this call it lasts, even through a power cut. When the call fails, what was there before is
 * unharmed.
 * @throws file when the disk is full, read-only or broken
 */
export async function writeCheckpoint(folder: string, name: string, content: CheckpointFiles): Promise<void> {
  const { files } = platform();
  const target = join(folder, name);
  if (await isVerified(folder, name)) return;
  await files.makeFolder(folder);
  await removeRemains(folder);
  const aside = join(folder, `${asidePrefix}${name}`);
  try {
    await files.makeFolder(aside);
    for (const [file, bytes] of content) await files.writeNew(join(aside, file), bytes);
    await files.writeNew(join(aside, manifestName), await encodeManifest(content));
    await files.syncFolder(aside);
    // A damaged one of the same place gives way only when the good one is whole.
    await files.remove(target);
    await files.rename(aside, target);
  } catch (error) {
    await files.remove(aside).catch(() => undefined);
    throw withNeed(error, target, content);
  }
  await files.syncFolder(folder);
}

/** A full disk needs room for all files of the checkpoint, not only for the one that failed. */
function withNeed(error: unknown, target: string, content: CheckpointFiles): unknown {
  if (!(error instanceof SinterError)) return error;
  const { code } = error.details;
  if (code !== "ENOSPC" && code !== "EDQUOT") return error;
  const bytes = [...content.values()].reduce((total, file) => total + file.length, 0);
  return new SinterError(
    "file",
    `write "${target}": the disk is full; the checkpoint needs ${bytes.toLocaleString("en")} bytes. Make room.`,
    { ...error.details, path: target, bytes },
    error,
  );
}

async function isVerified(folder: string, name: string): Promise<boolean> {
  if ((await platform().files.stat(join(folder, name))) === undefined) return false;
  return readCheckpoint(folder, name).then(
    () => true,
    () => false,
  );
}

/** Takes away what killed processes left half written. */
async function removeRemains(folder: string): Promise<void> {
  const { files } = platform();
  const remains = (await files.list(folder)).filter(({ name }) => name.startsWith(asidePrefix));
  for (const { name } of remains) await files.remove(join(folder, name));
}

/**
 * The files of a checkpoint, each compared with its manifest.
 * @throws format when a byte differs or a file is missing
 */
export async function readCheckpoint(folder: string, name: string): Promise<CheckpointFiles> {
  const { files } = platform();
  const path = join(folder, name);
  const content = new Map<string, Uint8Array>();
  for (const [file, record] of await decodeManifest(path, await readFile(path, manifestName))) {
    const found = await files.stat(join(path, file));
    if (found?.bytes !== record.bytes) {
      throw damaged(path, `${file} has ${found?.bytes ?? "no"} bytes, expected ${record.bytes}`);
    }
    const bytes = await readFile(path, file);
    if ((await platform().sha256(bytes)) !== record.sha256) {
      throw damaged(path, `${file} is not what was written (its SHA-256 differs)`);
    }
    content.set(file, bytes);
  }
  return content;
}

/** A file that cannot be read is a damage like any other: the next older checkpoint may do. */
async function readFile(path: string, file: string): Promise<Uint8Array> {
  const { files } = platform();
  const found = await files.stat(join(path, file));
  if (found?.kind !== "file") throw damaged(path, `${file} is missing`);
  return files.read(join(path, file));
}

/** The newest checkpoint that is whole, and those that were passed over; undefined where there is none. */
export async function newestCheckpoint(
  folder: string,
): Promise<{ readonly newest: VerifiedCheckpoint | undefined; readonly damaged: readonly DamagedCheckpoint[] }> {
  const passedOver: DamagedCheckpoint[] = [];
  for (const name of await listCheckpoints(folder)) {
    try {
      return { newest: { name, files: await readCheckpoint(folder, name) }, damaged: passedOver };
    } catch (error) {
      passedOver.push({ name, reason: messageOf(error) });
    }
  }
  return { newest: undefined, damaged: passedOver };
}

/**
 * Removes all checkpoints but the newest ones and those named.
 * @param numKept newest that stay
 */
export async function pruneCheckpoints(folder: string, numKept: number, keep: readonly string[]): Promise<void> {
  const { files } = platform();
  await removeRemains(folder);
  const old = (await listCheckpoints(folder)).slice(numKept).filter((name) => !keep.includes(name));
  for (const name of old) {
    // Renamed first: a process that ends within the removal leaves remains, and no checkpoint with files missing.
    const aside = join(folder, `${asidePrefix}${name}`);
    await files.rename(join(folder, name), aside);
    await files.remove(aside);
  }
}

async function encodeManifest(content: CheckpointFiles): Promise<string> {
  const records: Record<string, FileRecord> = {};
  for (const [file, bytes] of content) {
    records[file] = { bytes: bytes.length, sha256: await platform().sha256(bytes) };
  }
  return manifestText(records);
}

/** The text of a manifest; it ends with its own digest, so that no byte of it can change unnoticed either. */
async function manifestText(records: Readonly<Record<string, FileRecord>>): Promise<string> {
  const body = { format, version, files: records };
  const digest = await platform().sha256(new TextEncoder().encode(JSON.stringify(body)));
  return `${JSON.stringify({ ...body, digest }, null, 2)}\n`;
}

async function decodeManifest(path: string, bytes: Uint8Array): Promise<[string, FileRecord][]> {
  let value: unknown;
  const text = new TextDecoder().decode(bytes);
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damaged(path, `${manifestName} is no JSON (${messageOf(error)})`);
  }
  const given = isRecord(value) ? value["version"] : undefined;
  if (typeof given === "number" && given > version) {
    throw new SinterError("format", `"${path}" is a checkpoint of version ${given}. Update sinter to read it.`, {
      path,
    });
  }
  const listed = isRecord(value) && isRecord(value["files"]) ? Object.entries(value["files"]) : [];
  const records = listed
    .slice(0, maxFiles)
    .flatMap(([file, record]): [string, FileRecord][] =>
      isFileRecord(record) && isPlainName(file) ? [[file, { bytes: record.bytes, sha256: record.sha256 }]] : [],
    );
  if (records.length === 0 || (await manifestText(Object.fromEntries(records))) !== text) {
    throw damaged(path, `${manifestName} is not what was written`);
  }
  return records;
}

/** A name within the checkpoint, and no path that leads out of it. */
function isPlainName(name: string): boolean {
  return /^[\w-][\w.-]*$/.test(name);
}

function isFileRecord(value: unknown): value is FileRecord {
  return isRecord(value) && Number.isSafeInteger(value["bytes"]) && typeof value["sha256"] === "string";
}

function damaged(path: string, what: string): SinterError {
  return new SinterError("format", `"${path}" is damaged: ${what}. An older checkpoint is used where there is one.`, {
    path,
  });
}

function join(folder: string, name: string): string {
  const { separator } = platform().files;
  return folder.endsWith(separator) || folder.endsWith("/") ? `${folder}${name}` : `${folder}${separator}${name}`;
}
