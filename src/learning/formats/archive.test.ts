// Zip files: what is written is read back, other programs' files are read, limits hold.

import fc from "fast-check";
import { expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import { npzSeeds } from "../../../test/fuzz/container-seeds.ts";
import { mutate } from "../../../test/fuzz/mutations.ts";
import { openArchive, readArchive, writeArchive } from "./archive.ts";
import { bytesSource } from "./byte-source.ts";
import { crc32 } from "./crc32.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));
const contentsOf = (bytes: Uint8Array): [string, Uint8Array][] =>
  [...readArchive(bytes, { names: "keys" })].map(([name, entry]) => [name, Uint8Array.from(entry.read())]);

test("crc32 of known texts", () => {
  expect(crc32(utf8(""))).toBe(0);
  expect(crc32(utf8("123456789"))).toBe(0xcbf43926);
  expect(crc32(utf8("The quick brown fox jumps over the lazy dog"))).toBe(0x414fa339);
});

test("read gives what write was given, stored, deflated and aligned", () => {
  const files = fc.dictionary(
    fc.stringMatching(/^[a-z_é]{1,8}(?:\/[a-z_é]{1,8})?\.npy$/),
    fc.uint8Array({ maxLength: 300 }),
    { maxKeys: 6, noNullPrototype: true },
  );
  fc.assert(
    fc.property(files, fc.boolean(), fc.constantFrom(1, 4, 16, 64), (given, compress, alignment) => {
      const bytes = writeArchive(Object.entries(given), { compress, alignment, names: "keys" });
      expect(contentsOf(bytes)).toEqual(Object.entries(given));
      for (const entry of readArchive(bytes, { names: "keys" }).values()) expect(entry.begin % alignment).toBe(0);
      expect(writeArchive(Object.entries(given), { compress, alignment, names: "keys" })).toEqual(bytes);
    }),
  );
});

test("stored contents are a view of the archive", () => {
  const bytes = writeArchive([["a", utf8("hello")]]);
  expect(readArchive(bytes).get("a")?.read().buffer).toBe(bytes.buffer);
  expect(readArchive(bytes).get("a")).toMatchObject({ bytes: 5, isStored: true });
});

test("compressed, repeated contents are smaller, random ones are stored", () => {
  const noise = Uint8Array.from({ length: 200 }, (_, index) => (index * index * 2654435761) >>> 13);
  const bytes = writeArchive(
    [
      ["a", new Uint8Array(5000)],
      ["b", noise],
    ],
    { compress: true },
  );
  expect(bytes.length).toBeLessThan(600);
  expect([...readArchive(bytes).values()].map(({ isStored }) => isStored)).toEqual([false, true]);
});

/** By Python 3.13's zipfile: plain, with ZipFile.open(force_zip64=True), into a stream that cannot seek, and both. */
const pythons: Readonly<Record<string, string>> = {
  stored:
    "UEsDBBQAAAAAAAAAIQDjUT2NFwAAABcAAAAFAAAAYS50eHRoZWxsbyBoZWxsbyBoZWxsbyBoZWxsb1BLAwQUAAAIAAAAACEAx6eLOwQAAAAEAAAACgAAAGRpci/DqS50eHR0ZXh0UEsBAhQDFAAAAAAAAAAhAONRPY0XAAAAFwAAAAUAAAAAAAAAAAAAAIABAAAAAGEudHh0UEsBAhQDFAAACAAAAAAhAMenizsEAAAABAAAAAoAAAAAAAAAAAAAAIABOgAAAGRpci/DqS50eHRQSwUGAAAAAAIAAgBrAAAAZgAAAAAA",
  deflated:
    "UEsDBBQAAAAIAAAAIQDjUT2NCgAAABcAAAAFAAAAYS50eHTLSM3JyVfIQCcBUEsDBBQAAAgIAAAAIQDHp4s7BgAAAAQAAAAKAAAAZGlyL8OpLnR4dCtJrSgBAFBLAQIUAxQAAAAIAAAAIQDjUT2NCgAAABcAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLAQIUAxQAAAgIAAAAIQDHp4s7BgAAAAQAAAAKAAAAAAAAAAAAAACAAS0AAABkaXIvw6kudHh0UEsFBgAAAAACAAIAawAAAFsAAAAAAA==",
  wide: "UEsDBC0AAAAIAAAAIQDjUT2N//////////8FABQAYS50eHQBABAAFwAAAAAAAAAKAAAAAAAAAMtIzcnJV8hAJwFQSwMELQAACAgAAAAhAMenizv//////////woAFABkaXIvw6kudHh0AQAQAAQAAAAAAAAABgAAAAAAAAArSa0oAQBQSwECLQMtAAAACAAAACEA41E9jQoAAAAXAAAABQAAAAAAAAAAAAAAgAEAAAAAYS50eHRQSwECLQMtAAAICAAAACEAx6eLOwYAAAAEAAAACgAAAAAAAAAAAAAAgAFBAAAAZGlyL8OpLnR4dFBLBQYAAAAAAgACAGsAAACDAAAAAAA=",
  streamed:
    "UEsDBBQACAAIAAAAIQAAAAAAAAAAAAAAAAAFAAAAYS50eHTLSM3JyVfIQCcBUEsHCONRPY0KAAAAFwAAAFBLAwQUAAgICAAAACEAAAAAAAAAAAAAAAAACgAAAGRpci/DqS50eHQrSa0oAQBQSwcIx6eLOwYAAAAEAAAAUEsBAhQDFAAIAAgAAAAhAONRPY0KAAAAFwAAAAUAAAAAAAAAAAAAAIABAAAAAGEudHh0UEsBAhQDFAAICAgAAAAhAMenizsGAAAABAAAAAoAAAAAAAAAAAAAAIABPQAAAGRpci/DqS50eHRQSwUGAAAAAAIAAgBrAAAAewAAAAAA",
  "streamed wide":
    "UEsDBC0ACAAIAAAAIQAAAAAA//////////8FABQAYS50eHQBABAAAAAAAAAAAAAAAAAAAAAAAMtIzcnJV8hAJwFQSwcI41E9jQoAAAAAAAAAFwAAAAAAAABQSwMELQAICAgAAAAhAAAAAAD//////////woAFABkaXIvw6kudHh0AQAQAAAAAAAAAAAAAAAAAAAAAAArSa0oAQBQSwcIx6eLOwYAAAAAAAAABAAAAAAAAABQSwECLQMtAAgACAAAACEA41E9jQoAAAAXAAAABQAAAAAAAAAAAAAAgAEAAAAAYS50eHRQSwECLQMtAAgICAAAACEAx6eLOwYAAAAEAAAACgAAAAAAAAAAAAAAgAFZAAAAZGlyL8OpLnR4dFBLBQYAAAAAAgACAGsAAACzAAAAAAA=",
};

test.each(Object.entries(pythons))("reads what Python writes: %s", (_, text) => {
  expect(contentsOf(base64(text))).toEqual([
    ["a.txt", utf8("hello hello hello hello")],
    ["dir/é.txt", utf8("text")],
  ]);
});

test.each([
  [{ maxEntries: 1 }, "maxEntries"],
  [{ maxEntryBytes: 5 }, "maxEntryBytes"],
  [{ maxTotalBytes: 10 }, "maxTotalBytes"],
])("limits hold: %o", (limits, option) => {
  const bytes = writeArchive([
    ["a", utf8("hello")],
    ["b", utf8("hello!")],
  ]);
  expect(() => readArchive(bytes, limits)).toThrow(expect.objectContaining({ code: "limit" }));
  expect(() => readArchive(bytes, limits)).toThrow(option);
});

test("maxRatio lets large zeros pass where it is raised", () => {
  const bytes = writeArchive([["a", new Uint8Array(20 * 2 ** 20)]], { compress: true });
  expect(() => readArchive(bytes)).toThrow("maxRatio");
  expect(readArchive(bytes, { maxRatio: 2000 }).get("a")?.read().length).toBe(20 * 2 ** 20);
});

test("names as keys may differ by case, and be devices", () => {
  const entries = ["W.npy", "w.npy", "aux.npy"].map((name) => [name, utf8(name)] as const);
  expect(() => writeArchive(entries)).toThrow("entry");
  expect([...readArchive(writeArchive(entries, { names: "keys" }), { names: "keys" }).keys()]).toHaveLength(3);
});

test("folders are no files", () => {
  const bytes = writeArchive([
    ["a/", new Uint8Array(0)],
    ["a/b", utf8("x")],
  ]);
  expect([...readArchive(bytes).keys()]).toEqual(["a/b"]);
});

test("in parts damaged files are read or refused as they are at once", { timeout: 60_000 }, async () => {
  const outcome = async (read: () => Promise<[string, Uint8Array][]>): Promise<unknown> =>
    await read().catch((error: unknown) => {
      expect(error).toBeInstanceOf(SinterError);
      return "refused";
    });
  const inParts = async (bytes: Uint8Array): Promise<[string, Uint8Array][]> => {
    const found: [string, Uint8Array][] = [];
    for (const [name, part] of await openArchive(bytesSource(bytes), { names: "keys" }))
      found.push([name, await part.read()]);
    return found;
  };
  const [seed = new Uint8Array(0)] = Object.values(npzSeeds);
  for (const bytes of [seed, ...Array.from({ length: 200 }, (_, number) => mutate(seed, number).bytes)])
    expect(await outcome(() => inParts(bytes))).toEqual(await outcome(async () => contentsOf(bytes)));
});
