// Reads series with classes from files in sktime's `.ts` form: a header of lines with @, then a series a line, its channels
// divided by colons, the class last.
import { readFileSync } from "node:fs";

/** Series of one file: each is a list of channels, each of those a list of numbers over time. */
export interface SeriesFile {
  readonly series: readonly (readonly (readonly number[])[])[];
  /** The class of each series, as written. */
  readonly labels: readonly string[];
}

export function readSeries(path: string): SeriesFile {
  const lines = readFileSync(path, "utf8").split(/\r?\n/);
  const rows = lines.filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("@"));
  const parts = rows.map((row) => row.split(":"));
  return {
    series: parts.map((channels) => channels.slice(0, -1).map((channel) => channel.split(",").map(Number))),
    labels: parts.map((channels) => channels.at(-1) ?? ""),
  };
}

/** [samples, time, channels], shorter series filled with `filler` at their end; and class numbers in the order of names. */
export function asArrays(
  { series, labels }: SeriesFile,
  time: number,
  filler = 0,
): { x: Float32Array; shape: [number, number, number]; y: Int32Array; classNames: string[] } {
  const classNames = [...new Set(labels)].toSorted((left, right) => left.localeCompare(right, "en", { numeric: true }));
  const numChannels = series[0]?.length ?? 0;
  const x = new Float32Array(series.length * time * numChannels).fill(filler);
  series.forEach((channels, sample) =>
    channels.forEach((values, channel) =>
      values.slice(0, time).forEach((value, step) => {
        x[(sample * time + step) * numChannels + channel] = value;
      }),
    ),
  );
  const y = Int32Array.from(labels, (label) => classNames.indexOf(label));
  return { x, shape: [series.length, time, numChannels], y, classNames };
}

/** Steps of the longest series. */
export function longest(...files: readonly SeriesFile[]): number {
  return Math.max(...files.flatMap(({ series }) => series.flatMap((channels) => channels.map(({ length }) => length))));
}
