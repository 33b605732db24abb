// The package as a stranger gets it: packed, unpacked into an empty project, typechecked, imported and bundled there.

import { execFileSync, spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  launchChromium,
  runInPage,
  servePage,
  settings,
  skipNote,
  whyNoBrowser,
  type PageFiles,
} from "./browser/chromium.ts";
import { expectSameTraining } from "./browser/same-training.ts";
import type { TrainedCnn } from "./browser/small-cnn.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const manifest: { dependencies: Record<string, string>; exports: Record<string, unknown> } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const doors = Object.keys(manifest.exports)
  .filter((name) => name !== "./package.json" && name !== "./loader")
  .map((name) => name.replace(/^\./, "sinter"));
let project = "";

/** Packs the package and lays it, with its dependencies, into the project's node_modules. */
function install(): void {
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", project], { cwd: root });
  const tarball = readdirSync(project).find((name) => name.endsWith(".tgz")) ?? "";
  mkdirSync(join(project, "node_modules/sinter"), { recursive: true });
  execFileSync("tar", ["-xzf", join(project, tarball), "-C", "node_modules/sinter", "--strip-components=1"], {
    cwd: project,
  });
  // What npm would fetch from the registry is linked instead, so that the test needs no network.
  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(project, "node_modules", name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, "node_modules", name), link, "junction");
  }
}

/** The README's programs, a file each. */
function writePrograms(): string[] {
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const programs = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = ""]) => code);
  return programs.map((code, index) => {
    writeFileSync(join(project, `program-${index}.ts`), code);
    return `program-${index}.ts`;
  });
}

function typecheck(settings: object): string {
  const files = readdirSync(project).filter((name) => /^program-.*\.ts$/.test(name));
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: "es2022",
    lib: ["es2022", "dom"],
    types: [],
    ...settings,
  };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  return spawnSync(process.execPath, [compiler, "-p", project], { encoding: "utf8" }).stdout;
}

beforeAll(() => {
  project = mkdtempSync(join(tmpdir(), "sinter-stranger-"));
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "stranger", private: true, type: "module" }));
  install();
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

describe("the packed package", () => {
  test("ships no sources, tests or data", () => {
    const top = readdirSync(join(project, "node_modules/sinter")).toSorted();
    expect(top).toEqual(["CHANGELOG.md", "LICENSE", "README.md", "README.zh-CN.md", "bin", "dist", "package.json"]);
  });

  test.each(doors)("%s can be imported", (door) => {
    const program = `const names = Object.keys(await import("${door}")); if (names.length === 0) throw new Error("empty")`;
    const { stderr, status } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
      cwd: project,
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test.each([
    ["nodenext", { module: "nodenext", moduleResolution: "nodenext" }],
    ["bundler", { module: "esnext", moduleResolution: "bundler" }],
  ])("the README's programs typecheck in strict with %s resolution", (_, settings) => {
    expect(writePrograms().length).toBeGreaterThan(0);
    expect(typecheck(settings)).toBe("");
  });

  test("sinter/loader lets Node import TypeScript", () => {
    writeFileSync(join(project, "typed.ts"), `const units: number = 3;\nconsole.log(units satisfies number);\n`);
    const { stdout } = spawnSync(process.execPath, ["--import", "sinter/loader", "typed.ts"], {
      cwd: project,
      encoding: "utf8",
    });
    expect(stdout).toBe("3\n");
  });
});

describe("a page with the packed package", () => {
  const names = "closeDevice, currentDevice, fromArrays, layers, sequential";
  const program = `import { ${names} } from "sinter";\nimport { trainSmallCnn } from "./small-cnn.ts";\n`;
  const call = `trainSmallCnn({ ${names} })`;
  let chunks: readonly Rolldown.OutputChunk[] = [];
  let files: PageFiles = new Map();

  beforeAll(async () => {
    copyFileSync(join(root, "test/browser/small-cnn.ts"), join(project, "small-cnn.ts"));
    writeFileSync(join(project, "page.ts"), `${program}Object.assign(globalThis, { run: () => ${call} });\n`);
    writeFileSync(join(project, "index.html"), `<!doctype html><script type="module" src="/page.ts"></script>`);
    const settings = { write: false, target: "es2022" } as const;
    const result = await build({ root: project, base: "./", logLevel: "silent", build: settings });
    const output = [result].flat().flatMap((part) => ("output" in part ? part.output : []));
    chunks = output.flatMap((part) => (part.type === "chunk" ? part : []));
    files = new Map(output.map((part) => [part.fileName, part.type === "chunk" ? part.code : part.source]));
  });

  test("builds, and takes nothing of Node's along", () => {
    const code = chunks.map((chunk) => chunk.code).join("\n");
    expect(code.length).toBeGreaterThan(10_000);
    expect(chunks.flatMap((chunk) => chunk.imports).filter((name) => name.startsWith("node:"))).toEqual([]);
    expect(code).not.toContain("__vite-browser-external");
    // The door installs its platform: a bundler that dropped that statement would leave a page without one.
    expect(code).toContain("crossOriginIsolated");
  });

  test.skipIf(whyNoBrowser !== undefined)(`trains in a browser as in Node${skipNote}`, async () => {
    writeFileSync(join(project, "node.ts"), `${program}console.log(JSON.stringify(await ${call}));\n`);
    const parameters = ["--import", "sinter/loader", "node.ts"];
    const text = execFileSync(process.execPath, parameters, { cwd: project, encoding: "utf8" });
    const expected: TrainedCnn = JSON.parse(text);
    const server = await servePage(files);
    const browser = await launchChromium();
    try {
      for (const setting of settings) {
        // oxlint-disable-next-line no-await-in-loop -- two pages at once would share the processors
        const found = await runInPage<TrainedCnn>(browser, server.addressOf(setting));
        expectSameTraining(found, expected, setting);
      }
    } finally {
      await browser.close();
      await server.close();
    }
  });
});
