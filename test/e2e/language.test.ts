// The command line in Chinese: people read no English but the library's own, programs read the same in every language.

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cliTexts } from "#app/cli/texts.ts";
import { writePictures } from "./pictures.ts";
import { jsonLines, run, type Finished } from "./program.ts";

let folder = "";
const quick = ["--image-size", "12x12", "--epochs", "1", "--batch-size", "8"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-language-"));
  await writePictures(join(folder, "photos"), ["cold", "warm"], 9);
  await writePictures(join(folder, "faulty"), ["cold", "warm"], 3);
  await writeFile(join(folder, "faulty", "warm", "broken.png"), "no picture");
  await writeFile(join(folder, "faulty", "cold", "copy.png"), await readFile(join(folder, "faulty", "warm", "0.png")));
  const { code, stderr } = await run(folder, "train", "photos", ...quick, "--out", "runs/first");
  expect(code, stderr).toBe(0);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const chineseTexts = Object.values(cliTexts("zh")).join("\n");
/** What stands between the {names} of an English text, where it is a sentence and no command. */
const englishPieces = Object.values(cliTexts("en"))
  .flatMap((text) => text.split(/\{\w+\}|\n/))
  .map((piece) => piece.trim())
  .filter((piece) => piece.split(" ").length > 2 && !chineseTexts.includes(piece));

function expectChinese({ stdout, stderr }: Finished): void {
  const written = stdout + stderr;
  expect(written).toMatch(/\p{Script=Han}/u);
  expect(englishPieces.filter((piece) => written.includes(piece))).toEqual([]);
}

test.each(
  [
    "",
    "train",
    "evaluate",
    "predict",
    "embed",
    "similar",
    "data",
    "data check",
    "report",
    "lr-find",
    "runs",
    "inspect",
    "convert",
    "compare",
    "doctor",
  ].map((command) => [command]),
)("the help of sinter %s", async (command) => {
  const help = await run(folder, ...command.split(" ").filter(Boolean), "--help", "--language", "zh");
  expect(help.code).toBe(0);
  expect(help.stdout).toMatch(/^用法：/);
  expect(help.stdout).not.toMatch(/Options:|\[options\]|display help|\(default/);
  expectChinese(help);
});

test.each([
  [["train", "photos", ...quick, "--out", "runs/chinese"], /^第 1\/1 轮 .*损失 \d/m],
  [["train", "--resume", "runs/first"], /^runs\/first 早已完成/],
  [["evaluate", "runs/first", "photos"], /^类别 +精确率/m],
  [["runs"], /^运行 +开始时间 .*\n.*已完成$/m],
  [["inspect", "runs/first"], /^runs\/first：已完成$/m],
  [
    ["convert", "runs/first/model.safetensors", "first.npz"],
    /^已转换：runs\/first\/model\.safetensors（safetensors）/m,
  ],
  [["compare", "runs/first", "runs/first", "--on", "photos"], /在 photos 的 18 张图片上：/],
  [["lr-find", "photos", "--image-size", "12", "--steps", "9"], /--learning-rate|没有下降/],
  [["doctor"], /^设备 +wasm：/m],
])("sinter %j", async (args, expected) => {
  const finished = await run(folder, "--language", "zh", ...args);
  expect(finished.code, finished.stderr).toBe(0);
  expect(finished.stdout).toMatch(expected);
  expectChinese(finished);
});

test("findings, on the terminal and in a report", async () => {
  const checked = await run(folder, "data", "check", "faulty", "--language=zh");
  expect(checked.code).toBe(1);
  expect(checked.stdout).toContain("无法读取：1 个");
  expect(checked.stdout).toContain("同一个文件同时在类别 cold、warm 中。");
  expectChinese(checked);
  const trained = await run(folder, "train", "faulty", ...quick, "--out", "runs/faulty", "--language", "zh");
  expect(trained.code, trained.stderr).toBe(0);
  expect(trained.stdout).toContain("有 1 张图片无法读取，已略过");
  const reported = await run(folder, "report", "runs/faulty", "--check", "--language", "zh");
  expect(reported.code, reported.stderr).toBe(0);
  const page = await readFile(join(folder, "runs/faulty/report.html"), "utf8");
  expect(page).toContain('lang="zh-Hans"');
  expect(page).toContain("同一个文件同时在类别 cold、warm 中。");
});

test.each([
  [["trian"], "错误：未知命令 'trian'\n（是否想用 train？）"],
  [["train", "--epoch", "3"], "错误：未知选项 '--epoch'\n（是否想用 --epochs？）"],
  [["train", "--epochs"], "错误：选项 '--epochs <N>' 缺少值"],
  [["train", "--epochs", "0"], "错误：选项 '--epochs <N>' 的值 '0' 无效。请给出不小于 1 的整数。"],
  [["predict"], "错误：缺少参数 'RUN'"],
  [["runs", "a", "b"], "错误：'runs' 的参数过多。应有 1 个，给出了 2 个。"],
  [["train"], "错误：缺少参数 'FOLDER'。"],
  [["runs", "nowhere"], '错误："nowhere" is not there.'],
])("an error of sinter %j", async (args, text) => {
  const { code, stderr } = await run(folder, ...args, "--language", "zh");
  expect(stderr).toContain(text);
  expect(code).toBe(2);
});

test("another language is refused with those that there are", async () => {
  const { code, stderr } = await run(folder, "runs", "--language", "de");
  expect([code, stderr]).toEqual([2, expect.stringContaining("Use one of en, zh.")]);
});

describe("with --json", () => {
  /** Times, memory, and the size of a page whose words are its language's. */
  const varying = /"(seconds|imagesPerSecond|freeMemoryBytes|numBytes)":[\d.e-]+/g;

  test.each([
    [["train", "faulty", ...quick, "--out", "runs/OUT"]],
    [["report", "runs/first", "--out", "OUT.html"]],
    [["evaluate", "runs/first", "photos"]],
    [["predict", "runs/first", "photos/cold", "faulty/warm/broken.png"]],
    [["data", "check", "faulty"]],
    [["runs", "runs/first"]],
    [["inspect", "runs/first"]],
    [["doctor"]],
  ])("sinter %j writes the same lines", async (args) => {
    const linesIn = async (language: string): Promise<unknown[]> => {
      const own = args.map((arg) => arg.replace("OUT", `json-${language}`));
      const { stdout } = await run(folder, ...own, "--json", "--language", language);
      return jsonLines(stdout.replaceAll(`json-${language}`, "OUT").replaceAll(varying, '"$1":0'));
    };
    expect(await linesIn("zh")).toEqual(await linesIn("en"));
  });
});
