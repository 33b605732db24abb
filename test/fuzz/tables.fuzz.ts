// The long run of damaged tables and event files: 10,000 a reader, and a hundred of the large real tables. `npm test` runs 300 of
// each beside the readers.
// npm run fuzz -- tables.fuzz | grep '^|'

import "#entry/install-node.ts";
import { test } from "vitest";
import { readTable } from "#learning/data/table.ts";
import { decodeEvents } from "#learning/formats/tfevents.ts";
import { encodeRecord } from "#learning/formats/tfevents/tfrecord.ts";
import { readGolden } from "../golden/golden.ts";
import { longRun } from "./long-run.ts";
import { realFiles } from "./real-files.ts";

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, "base64"));

test.each([
  ["CSV", /csv/],
  ["JSON", /json/],
  ["Parquet", /parquet/],
  ["Arrow", /arrow/],
])("10,000 damaged tables: %s", async (name, kind) => {
  const { files } = readGolden("tables") as { readonly files: Readonly<Record<string, string>> };
  const refused = new Set(["zstd.parquet", "delta.parquet", "lz4.arrow", "nested.arrow", "nested.parquet"]);
  const names = Object.keys(files).filter((name) => kind.test(name) && !refused.has(name));
  const seeds = Object.fromEntries(names.map((name) => [name, bytesOf(files[name] ?? "")]));
  const ending = name.toLowerCase();
  const real = realFiles(new RegExp(`(?:^tables|parquet$).*\\.${ending}$`), 2 ** 20);
  await longRun(name, { seeds, codes: ["data"], read: (bytes) => readTable(bytes) }, real);
});

test("10,000 damaged event files", async () => {
  interface Golden {
    readonly files: Readonly<Record<string, { readonly file: { readonly base64: string } }>>;
  }
  const { files } = readGolden("event-files") as Golden;
  const seeds = Object.fromEntries(Object.entries(files).map(([name, { file }]) => [name, bytesOf(file.base64)]));
  await longRun("tfevents", { seeds, read: decodeEvents });
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
  await longRun("tfevents, within records", { seeds: new Map(records), wrap: encodeRecord, read: decodeEvents });
});
