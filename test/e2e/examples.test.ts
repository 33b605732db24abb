// Every program of examples/, shortened, on data made here: it runs, and says what its first lines promise.

import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-examples-"));
  await Promise.all([writeSeries(), writeNovels(), writeMails(), writeDigits(), writeTable()]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Two classes of waves, in sktime's form: `Waves` with one channel, `Voices` with two and unequal lengths. */
async function writeSeries(): Promise<void> {
  const wave = (sample: number, length: number): string =>
    Array.from({ length }, (_, step) => Math.sin(step * (sample % 2 === 0 ? 0.3 : 0.9) + sample).toFixed(4)).join(",");
  for (const part of ["TRAIN", "TEST"]) {
    const rows = Array.from({ length: 12 }, (_, sample) => sample);
    const files = {
      Waves: rows.map((sample) => `${wave(sample, 24)}:${(sample % 2) + 1}`),
      Voices: rows.map((sample) => `${wave(sample, 9 + sample)}:${wave(sample + 3, 9 + sample)}:${(sample % 2) + 1}`),
    };
    for (const [name, lines] of Object.entries(files)) {
      await mkdir(join(folder, name), { recursive: true });
      const text = ["# waves", `@problemName ${name}`, "@data", ...lines, ""].join("\n");
      await writeFile(join(folder, name, `${name}_${part}.ts`), text);
    }
  }
}

async function writeNovels(): Promise<void> {
  await mkdir(join(folder, "novels"));
  const names = ["sense-and-sensibility", "pride-and-prejudice", "mansfield-park", "emma", "northanger-abbey"];
  for (const name of [...names, "persuasion"]) {
    await writeFile(
      join(folder, "novels", `${name}.txt`),
      `${name} is a novel. It is read again and again. `.repeat(8),
    );
  }
}

async function writeMails(): Promise<void> {
  for (const [kind, words] of [
    ["ham", "the meeting is moved to monday"],
    ["spam", "cheap pills win money now"],
  ] as const) {
    await mkdir(join(folder, "mails", kind), { recursive: true });
    for (let mail = 0; mail < 15; mail += 1) {
      await writeFile(join(folder, "mails", kind, `${mail}.txt`), `From: someone\n\n<b>${words}</b> ${mail}\n`);
    }
  }
}

async function writeDigits(): Promise<void> {
  for (const part of ["train", "test"]) {
    for (const digit of [3, 4]) {
      const place = join(folder, "digits", part, String(digit));
      await mkdir(place, { recursive: true });
      for (let number = 0; number < (part === "train" ? 36 : 8); number += 1) {
        const pixels = Uint8Array.from({ length: 784 }, (_, at) => (at % (digit + 2) === number % 3 ? 250 : 5));
        const picture = sharp(pixels, { raw: { width: 28, height: 28, channels: 1 } });
        await picture.png().toFile(join(place, `${number}.png`));
      }
    }
  }
}

/** Rows whose class follows from two of their columns; some cells are empty. */
async function writeTable(): Promise<void> {
  const rows = Array.from({ length: 240 }, (_, row) => {
    const [size, colour] = [(row * 7) % 30, ["red", "green", "blue"][row % 3]];
    return `${row % 13 === 0 ? "" : size},${colour},${row % 17 === 0 ? "" : row},${size > 14 || colour === "red" ? "ripe" : "raw"}`;
  });
  await writeFile(join(folder, "fruit.csv"), ["size,colour,number,state", ...rows, ""].join("\n"));
}

/** What a program of examples/ prints. */
function run(program: string, ...options: string[]): Promise<string> {
  const args = ["--import", "sinter/loader", join("examples", program), ...options];
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { timeout: 110_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program}: ${error.message}\n${stderr}`));
    });
  });
}

const seconds = 120_000;

test("series by convolutions", { timeout: seconds }, async () => {
  const text = await run("series/fcn.ts", "--data", join(folder, "Waves"), "--epochs", "3");
  expect(text).toMatch(/seed 0: accuracy [01]\.\d{4}\nWaves: mean accuracy/);
});

test("series by a recurrent layer", { timeout: seconds }, async () => {
  const text = await run("series/vowels.ts", "--data", join(folder, "Voices"), "--epochs", "60", "--units", "8");
  expect(Number(/mean accuracy ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(0.7);
});

test("a column of a table", { timeout: seconds }, async () => {
  const data = ["--data", join(folder, "fruit.csv"), "--target", "state"];
  const text = await run("tables/classify.ts", ...data, "--epochs", "40");
  expect(text).toContain("240 rows: size (integer), colour (text), number (integer), state (text)");
  expect(text).toContain("5 inputs, classes raw, ripe");
  expect(Number(/accuracy ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(0.85);
});

test("a language model", { timeout: seconds }, async () => {
  const sizes = ["--layers", "1", "--width", "16", "--context", "16", "--batch", "4", "--steps", "3"];
  const text = await run("language/gpt.ts", "--data", join(folder, "novels"), ...sizes);
  expect(text).toMatch(/Persuasion: \d\.\d{3} bits a letter/);
  expect(text).toContain("It is a truth");
});

test("spam", { timeout: seconds }, async () => {
  const text = await run("language/spam.ts", "--data", join(folder, "mails"), "--epochs", "20");
  expect(text).toContain("30 mails, 30 different bodies; classes ham, spam");
  expect(Number(/mean accuracy ([\d.]+)/.exec(text)?.[1])).toBe(1);
});

test("an autoencoder", { timeout: seconds }, async () => {
  const text = await run("pictures/autoencoder.ts", "--data", join(folder, "digits"), "--epochs", "30");
  expect(Number(/ROC curve ([\d.]+)/.exec(text)?.[1])).toBeGreaterThan(0.9);
});

test("two networks against each other", { timeout: seconds }, async () => {
  const out = join(folder, "drawn.png");
  await run("pictures/dcgan.ts", "--data", join(folder, "digits"), "--steps", "1", "--out", out);
  expect((await stat(out)).size).toBeGreaterThan(1000);
});

test("digits out of noise", { timeout: seconds }, async () => {
  const out = join(folder, "denoised.png");
  const sizes = ["--steps", "1", "--filters", "8", "--out", out];
  await run("pictures/diffusion.ts", "--data", join(folder, "digits"), ...sizes);
  expect((await stat(out)).size).toBeGreaterThan(1000);
});

test("a picture and a row of a table", { timeout: seconds }, async () => {
  const text = await run("pictures/two-inputs.ts", "--data", join(folder, "digits"), "--epochs", "1");
  expect(text).toMatch(/is off by \d+\.\d{3} on average/);
});

test("each pixel's shape", { timeout: seconds }, async () => {
  const text = await run("pictures/u-net.ts", "--pictures", "16", "--epochs", "1");
  expect(text).toMatch(/nothing: IoU 0\.\d{3}[^]*mean IoU 0\.\d{3}/);
});
