import * as fs from "node:fs/promises";
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createFiles, files, sha256 } from "#engine/platform/node/files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter files é "));
});
afterAll(() => rm(folder, { recursive: true }));

test("writes whole files, over old ones too, and leaves nothing beside them", async () => {
  const inner = join(folder, "written");
  await files.makeFolder(inner);
  const path = join(inner, "model 一.json");
  await files.writeAtomically(path, "old");
  await files.writeAtomically(path, new Uint8Array([1, 2, 3]));
  expect(Array.from(await files.read(path))).toEqual([1, 2, 3]);
  await Promise.all(["a", "b", "c"].map((text) => files.writeAtomically(path, text)));
  expect(["a", "b", "c"]).toContain(new TextDecoder().decode(await files.read(path)));
  expect(await readdir(inner)).toEqual(["model 一.json"]);
});

test("a failed write leaves the old bytes and nothing beside them", async () => {
  const inner = join(folder, "blocked");
  await mkdir(join(inner, "target", "full"), { recursive: true });
  await expect(files.writeAtomically(join(inner, "target"), "x")).rejects.toMatchObject({ code: "file" });
  expect(await readdir(inner)).toEqual(["target"]);
});

test("appends, renames, removes", async () => {
  const path = join(folder, "history.jsonl");
  await files.append(path, "one\n");
  await files.append(path, "two\n");
  expect(new TextDecoder().decode(await files.read(path))).toBe("one\ntwo\n");
  await files.rename(path, `${path}.old`);
  expect(await files.stat(path)).toBeUndefined();
  await files.remove(`${path}.old`);
  await files.remove(`${path}.old`);
  expect(await files.stat(`${path}.old`)).toBeUndefined();
});

test("fills memory with a part of a file", async () => {
  const path = join(folder, "parts.bin");
  await writeFile(path, Uint8Array.of(1, 2, 3, 4, 5));
  const into = new Uint8Array(3);
  await files.readInto(path, 1, into);
  expect(Array.from(into)).toEqual([2, 3, 4]);
  await expect(files.readInto(path, 3, into)).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining("it ends at byte 5"),
  });
  await expect(files.readInto(join(folder, "none"), 0, into)).rejects.toMatchObject({ code: "file" });
});

test("reads a large part in pieces, several at a time, from a file that is opened once", async () => {
  const path = join(folder, "large.bin");
  const bytes = new Uint8Array(9 * 2 ** 20 + 5).map((_, at) => (at * 31) >> 3);
  await writeFile(path, bytes);
  const seen = { opened: 0, inFlight: 0, most: 0, closed: 0 };
  const counted = createFiles({
    ...fs,
    open: async (name, flags) => {
      const file = await fs.open(name, flags);
      seen.opened += 1;
      return {
        read: async (into, offset, length, position) => {
          seen.inFlight += 1;
          seen.most = Math.max(seen.most, seen.inFlight);
          // A system may give fewer bytes than asked for.
          const result = await file.read(into, offset, Math.min(length, 1_000_003), position);
          seen.inFlight -= 1;
          return result;
        },
        writeFile: (content) => file.writeFile(content),
        sync: () => file.sync(),
        close: async () => {
          seen.closed += 1;
          await file.close();
        },
      };
    },
  });
  const file = await counted.open(path);
  const [whole, part] = [new Uint8Array(bytes.length - 7), new Uint8Array(3)];
  await file.readInto(7, whole);
  await file.readInto(1, part);
  await expect(file.readInto(8, new Uint8Array(bytes.length))).rejects.toMatchObject({
    code: "file",
    message: expect.stringContaining(`it ends at byte ${bytes.length}.`),
  });
  await file.close();
  expect(Buffer.compare(whole, bytes.subarray(7))).toBe(0);
  expect(Buffer.compare(part, bytes.subarray(1, 4))).toBe(0);
  expect(seen).toEqual({ opened: 1, inFlight: 0, most: 4, closed: 1 });
});

test("follows links; a link that leads nowhere is other", async () => {
  const inner = join(folder, "links");
  await mkdir(join(inner, "real"), { recursive: true });
  await writeFile(join(inner, "file.txt"), "text");
  await symlink(join(inner, "real"), join(inner, "to-folder"));
  await symlink(join(inner, "file.txt"), join(inner, "to-file"));
  await symlink(join(inner, "nowhere"), join(inner, "broken"));
  await symlink(join(inner, "self"), join(inner, "self"));
  const kinds = Object.fromEntries((await files.list(inner)).map(({ name, kind }) => [name, kind]));
  expect(kinds).toEqual({
    broken: "other",
    "file.txt": "file",
    real: "folder",
    self: "other",
    "to-file": "file",
    "to-folder": "folder",
  });
  expect(await files.stat(join(inner, "to-file"))).toMatchObject({ kind: "file", bytes: 4 });
});

test.each([
  ["read", () => files.read("/no/such/file"), 'read "/no/such/file": there is no such file or folder'],
  ["list", () => files.list("/no/such/folder"), "there is no such file or folder"],
  ["read a folder", () => files.read(tmpdir()), "it is a folder"],
])("%s says what is wrong", async (_, action, message) => {
  await expect(action()).rejects.toMatchObject({ code: "file", message: expect.stringContaining(message) });
});

test("sha256", async () => {
  expect(await sha256(new TextEncoder().encode("abc"))).toBe(
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
  );
});
