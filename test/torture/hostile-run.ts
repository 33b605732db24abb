// A training on pictures of which many are at fault, through the command line, and the most memory that it held.

import { readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect } from "vitest";
import { writePictures } from "../e2e/pictures.ts";
import { jsonLines, start } from "../e2e/program.ts";
import { writeBombs, writeMutants } from "./mutants.ts";

const flags = ["--image-size", "12", "--batch-size", "16", "--epochs", "1", "--seed", "5", "--json"];
const mebibyte = 2 ** 20;

/** Bytes that a process held at most so far; undefined once it ended, or where the machine does not say. */
function peakBytes(pid: number): number | undefined {
  try {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
    return found === null ? undefined : Number(found[1]) * 1024;
  } catch {
    return undefined;
  }
}

async function train(folder: string, name: string): Promise<number> {
  const { child, finished } = start(folder, ["train", name, ...flags, "--out", `runs/${name}`]);
  let peak = 0;
  const timer = setInterval(() => (peak = peakBytes(child.pid ?? 0) ?? peak), 10);
  const { code, stdout, stderr } = await finished;
  clearInterval(timer);
  expect(code, stderr).toBe(0);
  expect(jsonLines(stdout).at(-1)).toMatchObject({ event: "end" });
  return peak;
}

/** Trains on clean pictures, then on as many with mutants and bombs beside them; gives MiB held beyond the clean run. */
export async function trainOnHostile(folder: string, numMutants: number, seed: number): Promise<number> {
  await mkdir(folder, { recursive: true });
  const numClean = Math.ceil(numMutants / 2);
  for (const name of ["clean", "hostile"]) await writePictures(join(folder, name), ["cold", "warm"], numClean);
  const place = join(folder, "hostile", "warm", "mutants");
  const lost = [...(await writeMutants(place, numMutants, seed)), ...(await writeBombs(place))];
  await writeFile(join(place, "empty.png"), "");
  const clean = await train(folder, "clean");
  const hostile = await train(folder, "hostile");
  const { pictures } = JSON.parse(await readFile(join(folder, "runs/hostile/broken.json"), "utf8")) as {
    pictures: { file: string; reason: string }[];
  };
  const listed = new Set(pictures.map(({ file }) => basename(file)));
  expect([...lost, "empty.png"].filter((name) => !listed.has(name))).toEqual([]);
  for (const { reason } of pictures) expect(reason).toMatch(/\w+ .*\./);
  return (hostile - clean) / mebibyte;
}
