// The long run of damaged tables and event files: 10,000 a reader. `npm test` runs 300 of each beside the readers.

import "#entry/install-node.ts";
import { test } from "vitest";
import { readTable } from "#learning/data/table.ts";
import { decodeEvents } from "#learning/formats/tfevents.ts";
import { encodeRecord } from "#learning/formats/tfevents/tfrecord.ts";
import { readGolden } from "../golden/golden.ts";
import { surviveMutations } from "./mutations.ts";

const count = 10_000;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

test.each([
  ["texts", /csv|json/],
  ["Parquet", /parquet/],
  ["Arrow", /arrow/],
])("10,000 damaged tables: %s", async (_, kind) => {
  const { files } = readGolden("tables") as { readonly files: Readonly<Record<string, string>> };
  const refused = new Set(["zstd.parquet", "delta.parquet", "lz4.arrow", "nested.arrow", "nested.parquet"]);
  const names = Object.keys(files).filter((name) => kind.test(name) && !refused.has(name));
  const seeds = Object.fromEntries(names.map((name) => [name, bytesOf(files[name] ?? "")]));
  await surviveMutations({ seeds, count, first: 1000, codes: ["data"], read: (bytes) => readTable(bytes) });
});

test("10,000 damaged event files", async () => {
  interface Golden {
    readonly files: Readonly<Record<string, { readonly file: { readonly base64: string } }>>;
  }
  const { files } = readGolden("event-files") as Golden;
  const seeds = Object.fromEntries(Object.entries(files).map(([name, { file }]) => [name, bytesOf(file.base64)]));
  await surviveMutations({ seeds, count: count / 2, first: 1000, read: decodeEvents });
  // Within whole records, which no checksum hides: each event's content.
  const records = Object.entries(seeds).flatMap(([name, bytes]) => {
    const found: [string, Uint8Array][] = [];
    const view = new DataView(bytes.buffer);
    for (let start = 0; start < bytes.length;) {
      const length = Number(view.getBigUint64(start, true));
      found.push([`${name} ${start}`, bytes.slice(start + 12, start + 12 + length)]);
      start += length + 16;
    }
    return found;
  });
  const wrap = encodeRecord;
  await surviveMutations({ seeds: new Map(records), count: count / 2, first: 1000, wrap, read: decodeEvents });
});
