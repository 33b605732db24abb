// The page for people who come from Keras: both programs say the same, and sinter's runs, made small.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writePictures } from "./pictures.ts";

const page = "docs/guide/seed.md";
let folder = "";
let blocks: readonly { readonly language: string; readonly text: string }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-seed-"));
  await writePictures(join(folder, "train_data"), ["cats", "dogs"], 10);
  await writePictures(join(folder, "test_data"), ["cats", "dogs"], 3);
  await mkdir(join(folder, "node_modules"));
  await symlink(resolve("."), join(folder, "node_modules", "sinter"), "junction");
  const text = await readFile(page, "utf8");
  blocks = Array.from(text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = "", block = ""]) => ({
    language,
    text: block,
  }));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The page's TypeScript programs: each begins with its imports. */
function programs(): Record<"keras" | "honest" | "known" | "formulas", string> {
  const [first = "", ...rest] = blocks.filter(({ language }) => language === "ts").map(({ text }) => text);
  const [keras = "", honest = "", known = "", formulas = "", ...more] = rest.reduce<string[]>(
    (found, text) =>
      text.startsWith("import ") ? [...found, text] : [...found.slice(0, -1), `${found.at(-1)}\n${text}`],
    [first],
  );
  expect(more).toEqual([]);
  return { keras, honest, known, formulas };
}

/** The same program on smaller pictures, for one short epoch; fails when a number to replace is not there. */
function shrink(program: string, replacements: readonly (readonly [from: string, to: string])[]): string {
  return replacements.reduce((text, [from, to]) => {
    expect(text).toContain(from);
    return text.replaceAll(from, to);
  }, program);
}

const smaller = [
  ["[150, 150", "[24, 24"],
  ["batchSize: 32", "batchSize: 4"],
  ["units: 512", "units: 8"],
  ["epochs: 20", "epochs: 1"],
] as const;

async function run(name: string, program: string): Promise<string> {
  await writeFile(join(folder, name), program);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "sinter/loader", name], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, `${stdout}\n${stderr}`).toBe(0);
  return stdout;
}

test("the page exists in two languages", () => {
  expect(existsSync(page.replace(".md", ".zh-CN.md"))).toBe(true);
});

test("each argument of the Keras program has its line in sinter's", () => {
  const renamed = new Map([
    ["target_size", "imageSize"],
    ["class_mode", "labelMode"],
  ]);
  // Whether to shuffle is no argument here: only fit does.
  const missing = blocks.flatMap(({ language, text }, index) => {
    const names = [...text.matchAll(/\b([a-z_]+)=/g)].map(([, name = ""]) => name).filter((name) => name !== "shuffle");
    const ours = names.map(
      (name) => renamed.get(name) ?? name.replaceAll(/_([a-z])/g, (_, one: string) => one.toUpperCase()),
    );
    return language === "python" ? ours.filter((name) => blocks[index + 1]?.text.includes(`${name}: `) !== true) : [];
  });
  expect(missing).toEqual([]);
});

test("the programs typecheck in strict", async () => {
  const files = Object.keys(programs()).map((name) => `typed-${name}.ts`);
  for (const [name, text] of Object.entries(programs())) await writeFile(join(folder, `typed-${name}.ts`), text);
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    module: "nodenext",
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const compiler = resolve("node_modules/typescript/bin/tsc");
  expect(spawnSync(process.execPath, [compiler, "-p", folder], { encoding: "utf8" }).stdout).toBe("");
});

test("the Keras program in sinter runs", async () => {
  const replacements = [
    ...smaller,
    ["stepsPerEpoch: 100", "stepsPerEpoch: 2"],
    ["validationSteps: 50", "validationSteps: 1"],
  ] as const;
  const printed = await run("keras.ts", shrink(programs().keras, replacements));
  expect(printed).toMatch(/train|Epoch 1\/1/);
  // predict keeps the order of the files, which is that of their names.
  const files = [...printed.matchAll(/^test_data.(\w+).(\d)\.png [\d.e-]+$/gm)].map(
    ([, name, number]) => `${name}${number}`,
  );
  expect(files).toEqual(["cats0", "cats1", "cats2", "dogs0", "dogs1", "dogs2"]);
  expect((await readdir(join(folder, "cats-or-dogs"))).toSorted()).toEqual(["model.json", "model.safetensors"]);
  expect(printed).toContain("classNames: [ 'cats', 'dogs' ]");
});

test("the program with a test set of its own runs", async () => {
  const printed = await run("honest.ts", shrink(programs().honest, smaller));
  expect(printed).toMatch(/\{ loss: [\d.]+, accuracy: [\d.]+ \}/);
});

test("the program on a known network runs", async () => {
  const file = "notop.weights.h5";
  const make = `import { vgg16 } from "sinter";
    await vgg16({ includeTop: false, inputShape: [32, 32, 3] }).saveWeights("${file}");`;
  await run("weights.ts", make);
  const printed = await run(
    "known.ts",
    shrink(programs().known, [
      ["[150, 150", "[32, 32"],
      ["batchSize: 32", "batchSize: 4"],
      ["epochs: 10", "epochs: 1"],
      ["units: 5", "units: 2"],
      ["vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", file],
    ]),
  );
  expect(printed).toMatch(/accuracy/);
});

test("each formula gives what sinter's own function gives", async () => {
  const printed = await run("formulas.ts", programs().formulas);
  const lines = [...printed.matchAll(/^(\w+) Float32Array\(\d+\) \[([^\]]+)\] Float32Array\(\d+\) \[([^\]]+)\]$/gm)];
  const numbers = (text = ""): number[] => text.split(",").map(Number);
  for (const [, name, formula, ready] of lines) {
    const [ours, theirs] = [numbers(formula), numbers(ready)];
    expect(ours, name).toHaveLength(theirs.length);
    for (const [index, value] of ours.entries()) expect(value, name).toBeCloseTo(theirs[index] ?? NaN, 6);
  }
  expect(lines.map(([, name]) => name)).toEqual([
    "meanSquaredError",
    "crossentropy",
    "gradientDescent",
    "sigmoid",
    "relu",
    "softmax",
    "attention",
    "recurrent",
    "word2Vec",
  ]);
});
