// Random command lines, right and wrong, run in this process through `main`: what came out, how, and what it wrote where.

import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { main } from "#app/cli/main.ts";
import { writePictures } from "../e2e/pictures.ts";

/** What a command line did. */
export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The folder that command lines may write to, below the workshop; the process stands in it. */
const writable = "here";
const names = ["cats", "dogs"];

/** A folder with pictures, runs and rubbish. */
export interface Workshop {
  /** The folder that everything lies in. */
  readonly root: string;
  /** Where the process stands. */
  readonly here: string;
}

/** Makes the folder: small pictures, a run, damaged runs, files of every wrong kind. */
export async function openWorkshop(): Promise<Workshop> {
  const root = await mkdtemp(join(tmpdir(), "sinter-lines-"));
  const here = join(root, writable);
  await mkdir(join(here, "empty"), { recursive: true });
  await writePictures(join(here, "photos"), names, 5);
  await writePictures(join(here, "ünï côdé 图"), names, 3);
  await writePictures(join(here, "one"), ["cats"], 2);
  await mkdir(join(here, "runs", "damaged"), { recursive: true });
  await writeFile(join(here, "runs", "damaged", "config.json"), "{");
  await writeFile(join(here, "photo.png"), await readFile(join(here, "photos", "cats", "0.png")));
  await writeFile(join(here, "broken.png"), "no picture");
  await writeFile(join(here, "bad.safetensors"), Buffer.from([255, 255, 255, 255, 0, 0, 0, 0, 1, 2]));
  await writeFile(join(here, "model.json"), "[]");
  await writeFile(join(here, "augment.json"), '{"rotationRange":10}');
  await writeFile(join(here, "bad-augment.json"), '{"rotation_range":"x"}');
  await writeFile(join(here, "model.js"), "export const nothing = 1;");
  await symlink("loop", join(here, "loop"));
  await writeFile(join(root, "outside.txt"), "must stay as it is");
  return { root, here };
}

/** Names and contents of everything in the workshop that no command line may touch. */
export async function outsideOf({ root }: Workshop): Promise<string> {
  const entries = (await readdir(root)).toSorted();
  return `${entries.join("\n")}\n${await readFile(join(root, "outside.txt"), "utf8")}`;
}

/** Takes the folder away. */
export function closeWorkshop({ root }: Workshop): Promise<void> {
  return rm(root, { recursive: true, force: true });
}

/** Runs a command line in this process; what it writes is kept, not shown. */
export async function runLine(args: readonly string[]): Promise<Outcome> {
  const texts = { stdout: "", stderr: "" };
  const { stdout, stderr } = process;
  const [writeOut, writeError] = [stdout.write.bind(stdout), stderr.write.bind(stderr)];
  const keepIn = (name: "stdout" | "stderr") => (text: string | Uint8Array) => {
    texts[name] += String(text);
    return true;
  };
  stdout.write = keepIn("stdout");
  stderr.write = keepIn("stderr");
  try {
    return { exitCode: await main(args), ...texts };
  } finally {
    stdout.write = writeOut;
    stderr.write = writeError;
  }
}

/** What is wrong with an outcome; undefined where nothing is. */
export function faultOf({ exitCode, stdout, stderr }: Outcome, args: readonly string[]): string | undefined {
  if (![0, 1, 2].includes(exitCode)) return `exit code ${exitCode}`;
  if (/\n\s+at .+:\d+/.test(stdout + stderr) && !args.includes("--debug")) return "a stack trace";
  if (/\bundefined\b|\[object Object\]|TypeError|RangeError|ReferenceError|BugError/.test(stderr))
    return "an inner error";
  if (exitCode === 2 && stderr === "") return "exit code 2 without a word";
  return undefined;
}

const paths = fc.constantFrom(
  "photos",
  "photos/",
  "./photos",
  "ünï côdé 图",
  "one",
  "empty",
  "nowhere",
  "photo.png",
  "broken.png",
  "loop",
  "runs",
  "runs/small",
  "runs/damaged",
  "runs/small/model.safetensors",
  "runs/small/model.json",
  "bad.safetensors",
  "model.json",
  "augment.json",
  "bad-augment.json",
  "model.js",
  "",
  " ",
  ".",
  "/dev/null",
  "\u0000",
  "a".repeat(300),
  "-",
  "--",
  "\u202Etxt",
  "💥",
);
const numbers = fc.constantFrom(
  "0",
  "1",
  "2",
  "5",
  "-1",
  "1.5",
  "1e-3",
  "1e999",
  "NaN",
  "ten",
  "",
  "8",
  "0x10",
  "９",
  "12x12",
  "0.5",
  "skip",
  "js",
  "zh",
  "auto",
  "weights",
);
const rightFlags = fc.constantFrom(
  "--json",
  "--help",
  "--split",
  "--model",
  "--image-size",
  "--epochs",
  "--steps-per-epoch",
  "--augment",
  "--optimizer",
  "--learning-rate",
  "--early-stopping",
  "--seed",
  "--device",
  "--on-broken",
  "--validation",
  "--test",
  "--checkpoint-steps",
  "--resume",
  "--folds",
  "--top",
  "--from",
  "--to",
  "--steps",
  "--on",
  "--sort",
  "--out",
  "--show",
  "--balance",
  "--cache",
  "--calibrate",
  "--language",
  "--check",
  "--version",
  "--debug",
);
const wrongFlags = fc.constantFrom(
  "--learningrate",
  "--epoch",
  "--image_size",
  "--learningRate",
  "--jsn",
  "-x",
  "--=1",
  "---",
  "--épochs",
  "--__proto__",
);
const flag = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(rightFlags, fc.oneof(numbers, paths)).map(([name, value]) => [name, value]) },
  { weight: 2, arbitrary: rightFlags.map((name) => [name]) },
  { weight: 1, arbitrary: wrongFlags.map((name) => [name]) },
  { weight: 1, arbitrary: fc.tuple(rightFlags, numbers).map(([name, value]) => [`${name}=${value}`]) },
);
const command = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom(
      ["train"],
      ["evaluate"],
      ["predict"],
      ["runs"],
      ["inspect"],
      ["compare"],
      ["lr-find"],
      ["report"],
      ["data", "check"],
      ["help"],
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ["trian"],
      ["Train"],
      ["data"],
      ["data", "chek"],
      [""],
      ["doctor"],
      ["--help"],
      ["toString"],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }).map((text) => [text]) },
);

/** Bounds that keep a training short; whatever was asked for before is overridden. */
function bounded(args: readonly string[]): string[] {
  const isTraining = args[0] === "train" || args[0] === "lr-find";
  if (!isTraining || args.includes("--resume")) return [...args];
  const small = ["--image-size", "8x8", "--batch-size", "8"];
  return args[0] === "train" ? [...args, ...small, "--epochs", "1"] : [...args, ...small, "--steps", "4"];
}

/** Lines that work as they stand; a flag more may spoil them. */
const right = fc.constantFrom(
  ["train", "photos"],
  ["train", "ünï côdé 图"],
  ["train", "photos", "--folds", "2"],
  ["train", "photos", "--augment", "augment.json"],
  ["train", "photos", "--balance", "oversample", "--calibrate"],
  ["train", "photos", "--learning-rate", "auto"],
  ["report", "runs/small", "--language", "zh"],
  ["lr-find", "photos"],
  ["evaluate", "runs/small", "photos"],
  ["predict", "runs/small", "photo.png", "broken.png"],
  ["runs"],
  ["inspect", "runs/small"],
  ["inspect", "runs/small/model.safetensors"],
  ["compare", "runs/small", "runs/small", "--on", "photos"],
  ["data", "check", "photos"],
);

const anything = fc
  .tuple(command, fc.array(paths, { maxLength: 3 }), fc.array(flag, { maxLength: 3 }))
  .map(([words, some, flags]) => [...words, ...some, ...flags.flat()]);
const nearlyRight = fc
  .tuple(right, fc.array(flag, { maxLength: 1 }))
  .map(([words, flags]) => [...words, ...flags.flat()]);

/** Command lines: a command, paths, flags; or one that works, with a flag more. Trainings are bounded, and may well run. */
export const commandLines: fc.Arbitrary<readonly string[]> = fc
  .oneof({ weight: 3, arbitrary: anything }, { weight: 1, arbitrary: nearlyRight })
  .map(bounded);
