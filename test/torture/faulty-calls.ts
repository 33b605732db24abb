// The system's file calls with one that fails: with an error code, or by a crash after which nothing works any more and
// whatever was not synced is lost. For tests of what survives.

import { readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import * as fs from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createFiles, type FileCalls, type OpenFile } from "#engine/platform/node/files.ts";
import type { FileSystem } from "#engine/platform/api.ts";

/** What happens at a call. */
export type Fault = "ENOSPC" | "EIO" | "EROFS" | "crash";

export interface FaultPlan {
  /** The call that fails, from 1; none when left out. */
  readonly at?: number;
  readonly fault?: Fault;
  /** Calls on other paths are neither counted nor fail: a word that the path holds. */
  readonly within?: string;
  /** Whether every later call that changes the disk fails too; a crash always lasts. */
  readonly isLasting?: boolean;
  /** Hears of every call before it is made. */
  readonly onCall?: (number: number, name: string, path: string) => void | Promise<void>;
}

/** Thrown by calls after the crash; no program can catch it and go on writing. */
export class Crash extends Error {}

/** Files whose calls are counted and fail as planned. */
export function faultyFiles(plan: FaultPlan): { readonly files: FileSystem; readonly numCalls: () => number } {
  const calls = new FaultyCalls(plan);
  return { files: createFiles(calls), numCalls: () => calls.numCalls };
}

/** An undo of something that no sync has made last. */
interface Unsynced {
  readonly folder: string;
  readonly to: string;
  readonly undo: () => void;
}

class FaultyCalls implements FileCalls {
  numCalls = 0;
  readonly #plan: FaultPlan;
  #isDown = false;
  /** Files whose bytes are not on disk yet. */
  readonly #unsyncedFiles = new Set<string>();
  #unsyncedRenames: Unsynced[] = [];

  constructor(plan: FaultPlan) {
    this.#plan = plan;
  }

  async open(path: string, flags: string): Promise<OpenFile> {
    await this.#call("open", path, flags !== "r");
    const handle = await fs.open(path, flags);
    return {
      read: async (into, offset, length, position) => {
        await this.#call("read", path, false);
        return handle.read(into, offset, length, position);
      },
      writeFile: async (bytes) => {
        this.#unsyncedFiles.add(path);
        try {
          await this.#call("writeFile", path, true);
        } catch (error) {
          // A full disk and a crash both leave a part.
          const part = Buffer.from(typeof bytes === "string" ? Buffer.from(bytes) : bytes);
          if (!this.#isDown || error instanceof Crash) await handle.writeFile(part.subarray(0, part.length >> 1));
          throw error;
        }
        await handle.writeFile(bytes);
      },
      sync: async () => {
        await this.#call("sync", path, true);
        await handle.sync();
        this.#unsyncedFiles.delete(path);
        this.#unsyncedRenames = this.#unsyncedRenames.filter(({ folder }) => folder !== resolve(path));
      },
      close: async () => {
        // The system closes what a dead process had open.
        await handle.close();
        if (this.#isDown) throw new Crash();
      },
    };
  }

  async readFile(path: string): Promise<Buffer> {
    await this.#call("readFile", path, false);
    return fs.readFile(path);
  }

  async appendFile(path: string, text: string): Promise<void> {
    await this.#call("appendFile", path, true);
    await fs.appendFile(path, text);
  }

  async readdir(path: string, options: { readonly withFileTypes: true }): ReturnType<FileCalls["readdir"]> {
    await this.#call("readdir", path, false);
    return fs.readdir(path, options);
  }

  async stat(path: string): ReturnType<FileCalls["stat"]> {
    await this.#call("stat", path, false);
    return fs.stat(path);
  }

  async realpath(path: string): Promise<string> {
    await this.#call("realpath", path, false);
    return fs.realpath(path);
  }

  async mkdir(path: string, options: { readonly recursive: true }): Promise<string | undefined> {
    await this.#call("mkdir", path, true);
    return fs.mkdir(path, options);
  }

  async rm(path: string, options: { readonly recursive?: boolean; readonly force: true }): Promise<void> {
    await this.#call("rm", path, true);
    await fs.rm(path, options);
    this.#unsyncedRenames = this.#unsyncedRenames.filter(({ to }) => to !== path);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.#call("rename", from, true);
    const replaced = statSync(to, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(to) : undefined;
    await fs.rename(from, to);
    for (const path of this.#unsyncedFiles) {
      if (path !== from && !path.startsWith(join(from, "/"))) continue;
      this.#unsyncedFiles.delete(path);
      this.#unsyncedFiles.add(to + path.slice(from.length));
    }
    const undo = (): void => {
      renameSync(to, from);
      if (replaced !== undefined) writeFileSync(to, replaced);
    };
    this.#unsyncedRenames.push({ folder: resolve(dirname(to)), to, undo });
  }

  async #call(name: string, path: string, isChange: boolean): Promise<void> {
    if (this.#isDown) throw new Crash();
    if (!path.includes(this.#plan.within ?? "")) return;
    this.numCalls += 1;
    const number = this.numCalls;
    await this.#plan.onCall?.(number, name, path);
    const { at = Number.POSITIVE_INFINITY, fault = "EIO", isLasting = false } = this.#plan;
    const isHit = number === at || (isLasting && number > at && isChange);
    if (!isHit) return;
    if (fault === "crash") {
      this.#isDown = true;
      this.#losePower();
      throw new Crash();
    }
    throw Object.assign(new Error(`${fault}: ${name} "${path}"`), { code: fault });
  }

  /** What was not synced is lost: the later half of new bytes, and renames, the last one first. */
  #losePower(): void {
    for (const path of this.#unsyncedFiles) {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isFile() === true) truncateSync(path, found.size >> 1);
    }
    for (const { undo } of this.#unsyncedRenames.toReversed()) undo();
  }
}
