// The long run of damaged container files: 10,000 a reader. `npm test` runs 300 of each beside the readers.

import { test } from "vitest";
import { readArchive, writeArchive } from "#learning/formats/archive.ts";
import { forgedArchive, utf8 } from "./forged-archive.ts";
import { surviveMutations } from "./mutations.ts";

const count = 10_000;

test("10,000 damaged archives", async () => {
  const files: [string, Uint8Array][] = [
    ["config.json", utf8('{"a":[1,2,3]}')],
    ["data/0", new Uint8Array(3000).map((_, index) => index % 7)],
  ];
  const seeds = {
    stored: writeArchive(files, { alignment: 64 }),
    deflated: writeArchive(files, { compress: true }),
    wide: forgedArchive([{ name: "x", deflate: true, contents: utf8("y".repeat(500)) }], { zip64: {} }),
  };
  await surviveMutations({
    seeds,
    count,
    first: 1000,
    read: (bytes) => [...readArchive(bytes).values()].map((entry) => entry.read()),
  });
});
