// Every block of the guide runs, in order, in a folder with pictures of cats and dogs and with mails: sh lines by the command line, ts
// blocks as programs, json and named files as the files that later blocks use.

import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink, writeFile, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureOf, writePictures } from "./pictures.ts";
import { run } from "./program.ts";

const pages = [
  "getting-started.md",
  "command-line.md",
  "your-own-data.md",
  "tables.md",
  "text.md",
  "text-models.md",
  "generation.md",
  "augmentation.md",
  "recurrent.md",
  "attention.md",
  "known-networks.md",
  "transfer.md",
  "large-models.md",
  "segmentation.md",
  "generative.md",
  "detection.md",
  "from-other-libraries.md",
  "to-other-libraries.md",
  "reading-a-report.md",
  "when-training-goes-wrong.md",
  "custom-training.md",
  "performance.md",
  "formats.md",
];

interface Block {
  readonly language: string;
  readonly text: string;
}

async function blocksOf(page: string): Promise<Block[]> {
  const text = await readFile(join("docs", "guide", page), "utf8");
  return Array.from(text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm), ([, language = "", block = ""]) => ({
    language,
    text: block,
  }));
}

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-guide-"));
  await writePictures(join(folder, "photos"), ["cats", "dogs"], 10);
  await writeFile(join(folder, "photo.jpg"), await pictureOf(0, 5));
  await writeMails(join(folder, "mails"));
  await mkdir(join(folder, "node_modules"));
  await symlink(resolve("."), join(folder, "node_modules", "sinter"), "junction");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Eight short texts of each of two classes. */
async function writeMails(place: string): Promise<void> {
  const words = { ham: ["lunch", "minutes", "report", "thanks"], spam: ["winner", "cheap", "pills", "credit"] };
  for (const [name, [first, second, third, fourth]] of Object.entries(words)) {
    await mkdir(join(place, name), { recursive: true });
    for (let index = 0; index < 8; index += 1) {
      const text = `${first} ${index} and ${second}: ${third}, ${fourth} at ${index + 9}`;
      await writeFile(join(place, name, `${index}.txt`), text);
    }
  }
}

async function runShell(text: string): Promise<void> {
  for (const line of text.trim().split("\n")) {
    expect(line).toMatch(/^npx sinter /);
    const { code, stderr } = await run(folder, ...line.split(" ").slice(2));
    expect(code, `${line}\n${stderr}`).toBe(0);
  }
}

async function runProgram(text: string, name: string): Promise<void> {
  const [, given] = /^\/\/ (\S+\.ts)$/m.exec(text) ?? [];
  await writeFile(join(folder, given ?? name), text);
  if (given !== undefined) return;
  const { status, stderr } = spawnSync(process.execPath, ["--import", "sinter/loader", name], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(status, `${text}\n${stderr}`).toBe(0);
}

test.each(pages)("every block of %s runs", { timeout: 180_000 }, async (page) => {
  const blocks = await blocksOf(page);
  expect(blocks.length).toBeGreaterThan(0);
  for (const [index, { language, text }] of blocks.entries()) {
    if (language === "sh") await runShell(text);
    else if (language === "ts") await runProgram(text, `block-${index}.ts`);
    else if (language === "json") JSON.parse(text);
    else expect(language).toBe("text");
  }
});
