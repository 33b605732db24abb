// What survives of checkpoints: a failure or a crash at every single call of a save, and damage to any byte.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from "vitest";
import "#entry/install-node.ts";
import { installPlatform, platform, type Platform } from "#engine/platform/api.ts";
import {
  checkpointName,
  listCheckpoints,
  newestCheckpoint,
  pruneCheckpoints,
  writeCheckpoint,
} from "#learning/train/checkpoint-folder.ts";
import { Crash, faultyFiles, type Fault } from "./faulty-calls.ts";

const own: Platform = platform();
let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "sinter-checkpoints-"));
});
afterAll(() => rmSync(root, { recursive: true }));
afterEach(() => installPlatform(own));

/** Files of a checkpoint, different for each number. */
function contentOf(number: number): Map<string, Uint8Array> {
  const bytes = Uint8Array.from(
    { length: 500 + number },
    (_, index) => Math.imul(index + 1, 2654435761 * number) >>> 24,
  );
  return new Map([
    ["model.safetensors", bytes],
    ["state.json", new TextEncoder().encode(`{"number":${number}}\n`)],
  ]);
}

const names = [checkpointName(0, 5), checkpointName(1, 0), checkpointName(1, 5)] as const;

/** The number of the checkpoint that is found; its bytes must be the ones that were written. */
async function numberFound(folder: string): Promise<number | undefined> {
  const { newest } = await newestCheckpoint(folder);
  if (newest === undefined) return undefined;
  const number = names.findIndex((name) => name === newest.name) + 1;
  for (const [file, bytes] of contentOf(number)) expect(newest.files.get(file)).toEqual(bytes);
  return number;
}

/** A folder with two checkpoints, the newest of number 2. */
async function prepare(name: string): Promise<string> {
  const folder = join(root, name);
  rmSync(folder, { recursive: true, force: true });
  for (const [index, checkpoint] of names.slice(0, 2).entries()) {
    await writeCheckpoint(folder, checkpoint, contentOf(index + 1));
  }
  return folder;
}

/** Writes the third checkpoint and takes the first away, with a fault at one call. */
async function saveThird(
  folder: string,
  at: number,
  fault: Fault,
  isLasting = false,
): Promise<{ numCalls: number; error: unknown }> {
  const { files, numCalls } = faultyFiles({ at, fault, isLasting });
  installPlatform({ ...own, files });
  let error: unknown;
  try {
    await writeCheckpoint(folder, names[2], contentOf(3));
    await pruneCheckpoints(folder, 2, []);
  } catch (caught) {
    error = caught;
  } finally {
    installPlatform(own);
  }
  return { numCalls: numCalls(), error };
}

describe.each(["ENOSPC", "EIO", "EROFS", "crash"] as const)("%s at every call of a save", (fault) => {
  test.each([false, true])("leaves the old or the new checkpoint (lasting: %j)", async (isLasting) => {
    const { numCalls } = await saveThird(await prepare("whole"), Number.POSITIVE_INFINITY, fault);
    expect(numCalls).toBeGreaterThan(20);
    const found = new Set<number>();
    for (let at = 1; at <= numCalls; at += 1) {
      const folder = await prepare("faulty");
      const { error } = await saveThird(folder, at, fault, isLasting);
      const number = await numberFound(folder);
      expect([2, 3], `call ${at} of ${numCalls}`).toContain(number);
      found.add(number ?? 0);
      if (fault === "crash") expect(error).toMatchObject({ cause: expect.any(Crash) });
      // What was left half written is no hindrance to the next save.
      await writeCheckpoint(folder, names[2], contentOf(3));
      await pruneCheckpoints(folder, 2, []);
      expect(await numberFound(folder)).toBe(3);
      expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    }
    expect([...found].toSorted((a, b) => a - b)).toEqual([2, 3]);
  });
});

test("a crash at every call of the first save leaves it, or none, never half of it", async () => {
  const { numCalls } = await saveThird(join(root, "first"), Number.POSITIVE_INFINITY, "crash");
  for (let at = 1; at <= numCalls; at += 1) {
    const folder = join(root, "first");
    rmSync(folder, { recursive: true });
    await saveThird(folder, at, "crash");
    expect([undefined, 3]).toContain(await numberFound(folder));
    await writeCheckpoint(folder, names[2], contentOf(3));
    expect(await numberFound(folder)).toBe(3);
  }
});

test("a checkpoint that was written survives a power cut right after", async () => {
  const folder = await prepare("power");
  const { numCalls } = await saveThird(await prepare("counted"), Number.POSITIVE_INFINITY, "crash");
  const { files } = faultyFiles({ at: numCalls + 1, fault: "crash" });
  installPlatform({ ...own, files });
  await writeCheckpoint(folder, names[2], contentOf(3));
  await pruneCheckpoints(folder, 2, []);
  await expect(files.read(join(folder, "anything"))).rejects.toMatchObject({ cause: expect.any(Crash) });
  installPlatform(own);
  expect(await numberFound(folder)).toBe(3);
});

test("a full disk is said with the path and the bytes needed", async () => {
  const folder = await prepare("full");
  const { error } = await saveThird(folder, 12, "ENOSPC", true);
  expect(error).toMatchObject({ code: "file", details: { code: "ENOSPC", bytes: 516 } });
  expect(String(error)).toMatch(
    /epoch-000001-step-000000005": the disk is full; the checkpoint needs 516 bytes\. Make room/,
  );
});

test("a checkpoint that is there already is not written again; a damaged one is", async () => {
  const folder = await prepare("again");
  const path = join(folder, names[1], "state.json");
  const before = statSync(path);
  await writeCheckpoint(folder, names[1], contentOf(2));
  expect(statSync(path).ino).toBe(before.ino);
  truncateSync(path, 3);
  expect(await numberFound(folder)).toBe(1);
  await writeCheckpoint(folder, names[1], contentOf(2));
  expect(await numberFound(folder)).toBe(2);
});

test("pruning keeps the newest and the named, and never half of an old one", async () => {
  const folder = await prepare("prune");
  await writeCheckpoint(folder, names[2], contentOf(3));
  await pruneCheckpoints(folder, 1, [names[0]]);
  expect(await listCheckpoints(folder)).toEqual([names[2], names[0]]);
});

describe("damage", () => {
  let whole = "";
  beforeEach(async () => {
    whole = await prepare("undamaged");
  });

  test("1,000 bit flips and truncations of the newest are found, and the older one is used", async () => {
    const files = ["manifest.json", ...contentOf(2).keys()];
    let numDamaged = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        fc.nat(),
        fc.integer({ min: 0, max: 8 }),
        async (file, place, bit) => {
          const path = join(whole, names[1], file);
          const bytes = readFileSync(path);
          const at = place % bytes.length;
          const changed = Buffer.from(bytes);
          changed[at] = (bytes[at] ?? 0) ^ (1 << bit);
          // Eight bits to flip; the ninth choice cuts the file off here.
          writeFileSync(path, bit === 8 ? bytes.subarray(0, at) : changed);
          const { newest, damaged } = await newestCheckpoint(whole);
          writeFileSync(path, bytes);
          expect(damaged.map(({ name }) => name)).toEqual([names[1]]);
          expect(damaged[0]?.reason).toMatch(/epoch-000001-step-000000000" is damaged|Update sinter/);
          expect(newest?.name).toBe(names[0]);
          numDamaged += 1;
        },
      ),
      { numRuns: 1000, seed: 7 },
    );
    expect(numDamaged).toBe(1000);
    expect(await numberFound(whole)).toBe(2);
  });

  test("a missing file, an added byte and a manifest that names a path outside are damage", async () => {
    const path = join(whole, names[1]);
    rmSync(join(path, "state.json"));
    expect(await numberFound(whole)).toBe(1);
    await writeCheckpoint(whole, names[1], contentOf(2));
    writeFileSync(join(path, "state.json"), Buffer.concat([readFileSync(join(path, "state.json")), Buffer.from(" ")]));
    expect(await numberFound(whole)).toBe(1);
    await expect(
      writeCheckpoint(whole, names[2], new Map([["../state.json", new Uint8Array(3)]])),
    ).resolves.toBeUndefined();
    expect((await newestCheckpoint(whole)).damaged.map(({ name }) => name)).toContain(names[2]);
  });
});
