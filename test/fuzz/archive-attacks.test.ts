// 200 attacks by archive: each is refused with a typed error, and nothing appears outside (or inside) the target folder.

import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { attacks } from "./archive-attacks.ts";
import { forgedArchive, utf8 } from "./forged-archive.ts";
import { mutate, surviveMutations } from "./mutations.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter archive "));
  await mkdir(join(folder, "target"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Unpacks as a program would that trusts every name which the reader lets pass. */
async function unpackInto(target: string, bytes: Uint8Array): Promise<void> {
  for (const entry of readArchive(bytes).values()) {
    const contents = entry.read();
    const path = join(target, entry.name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
  }
}

test("there are 200 attacks, each by its own name", () => {
  expect(new Set(attacks.map(([attack]) => attack)).size).toBe(attacks.length);
  expect(attacks.length).toBeGreaterThanOrEqual(200);
});

test.each(attacks)("refuses %s", async (_, bytes) => {
  const start = performance.now();
  const error: unknown = await unpackInto(join(folder, "target"), bytes).catch((thrown: unknown) => thrown);
  expect(performance.now() - start).toBeLessThan(2000);
  expect(error).toBeInstanceOf(SinterError);
  expect(error).toMatchObject({ code: expect.stringMatching(/^(?:format|limit)$/) });
});

test("the attacks left nothing behind", async () => {
  expect(await readdir(folder)).toEqual(["target"]);
  // Of an archive of several entries the first may be whole.
  for (const name of await readdir(join(folder, "target"))) expect(name).toMatch(/^[a-z0-9.]+$/i);
});

test("an archive in an archive stays one: nothing is unpacked twice", () => {
  const inner = writeArchive([["b.txt", utf8("inner")]]);
  const outer = readArchive(writeArchive([["a.zip", inner]]));
  expect([...outer.keys()]).toEqual(["a.zip"]);
});

test("names of objects' own parts are plain names", () => {
  const names = ["__proto__", "constructor", "prototype", "__proto__/polluted", "toString"].filter(
    (name) => !name.includes("/"),
  );
  const archive = readArchive(forgedArchive(names.map((name) => ({ name }))));
  expect([...archive.keys()]).toEqual(names);
  expect("polluted" in {}).toBe(false);
});

const seeds = {
  stored: writeArchive(
    [
      ["config.json", utf8('{"a":[1,2,3]}')],
      ["data/0", new Uint8Array(300).fill(7)],
    ],
    { alignment: 64 },
  ),
  deflated: writeArchive(
    [
      ["a.npy", utf8("abcd".repeat(200))],
      ["b.npy", utf8("hello ".repeat(99))],
    ],
    { compress: true },
  ),
  wide: forgedArchive([{ name: "x", deflate: true, contents: utf8("y".repeat(500)) }], { zip64: {} }),
};

test("300 damaged archives are read or refused", async () => {
  const counts = await surviveMutations({
    seeds,
    count: 300,
    read: (bytes) => [...readArchive(bytes).values()].map((entry) => entry.read()),
  });
  expect(counts.numRead + counts.numRefused).toBe(300);
  expect(counts.numRefused).toBeGreaterThan(200);
});

test("the same number damages in the same way", () => {
  expect(mutate(seeds.stored, 17)).toEqual(mutate(seeds.stored, 17));
  const kinds = new Set(Array.from({ length: 100 }, (_, number) => mutate(seeds.stored, number).how));
  expect(kinds.size).toBe(12);
});

test.each([
  ["throws what is no SinterError", () => JSON.parse("{"), "SyntaxError"],
  ["pollutes", () => void Object.assign(Object.prototype, { polluted: 1 }), "polluted"],
  ["takes much memory", () => new Float64Array(2 ** 24), "MiB"],
])("the harness catches a reader that %s", async (_, fault, message) => {
  let calls = 0;
  const read = (): unknown => ((calls += 1) > 1 ? fault() : undefined);
  try {
    await expect(surviveMutations({ seeds: { a: utf8("abc") }, count: 3, read })).rejects.toThrow(message);
  } finally {
    Reflect.deleteProperty(Object.prototype, "polluted");
  }
});
