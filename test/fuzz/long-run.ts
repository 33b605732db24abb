// The long run of a reader: 10,000 damaged files of the tests' and of small real ones, and a hundred of each reader's large real
// ones. Prints a line of the table of results.

import { SinterError } from "#engine/base/error.ts";
import { type MutatedReader, type MutationCounts, surviveMutations } from "./mutations.ts";
import type { RealFiles } from "./real-files.ts";

type Seeds = ReadonlyMap<string, Uint8Array>;
type Reader = Omit<MutatedReader, "count">;

const numMutations = 10_000;
const numOfLarge = 100;

/**
 * @param real files that the reader reads as they are
 * @throws Error for the first file that breaks the promise
 */
export async function longRun(name: string, reader: Reader, real?: RealFiles): Promise<void> {
  const own = reader.seeds instanceof Map ? reader.seeds : new Map(Object.entries(reader.seeds));
  const small = await readable(reader, real?.small);
  const seeds = new Map([...own, ...small]);
  if (seeds.size > 0) {
    const start = performance.now();
    const counts = await surviveMutations({ ...reader, seeds, count: numMutations, first: 1000 });
    print(name, `${own.size} + ${small.size} real`, counts, start);
  }
  if (real?.absent !== undefined) process.stdout.write(`${name}: ${real.absent}\n`);
  const large = await readable(reader, real?.large);
  if (seeds.size + large.size === 0 && real?.absent === undefined) throw new Error(`${name}: nothing to damage.`);
  if (large.size === 0) return;
  const again = performance.now();
  const ofLarge = await surviveMutations({ ...reader, seeds: large, count: numOfLarge, first: 1000 });
  print(`${name}, large`, `${large.size} real`, ofLarge, again);
}

/** The real files that are read as they are: not those of types that the reader does not know. */
async function readable(
  { read, codes = [] }: Reader,
  files: ReadonlyMap<string, Uint8Array> = new Map(),
): Promise<Seeds> {
  const found = new Map<string, Uint8Array>();
  for (const [name, bytes] of files) {
    try {
      await read(bytes, name);
      found.set(name, bytes);
    } catch (error) {
      if (!(error instanceof SinterError) || !["format", ...codes].includes(error.code)) throw error;
    }
  }
  return found;
}

function print(name: string, seeds: string, counts: MutationCounts, start: number): void {
  const { numRead, numRefused, numRun, cpuSeconds, peakBytes } = counts;
  const cells = [
    name,
    seeds,
    numRead + numRefused,
    numRefused,
    numRun === 0 ? numRead : `${numRead}, ${numRun} run`,
    0,
    `${cpuSeconds.toFixed(0)} of ${((performance.now() - start) / 1000).toFixed(0)}`,
    (peakBytes / 2 ** 20).toFixed(1),
  ];
  process.stdout.write(`| ${cells.join(" | ")} |\n`);
}
