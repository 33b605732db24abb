// Holds the table of rooms over the sources as they are: imports, cycles, sizes, opening comments.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "oxc-parser";
import { expect, test } from "vitest";
import { packages, rooms, roomsOfNode } from "./rooms.ts";

const sourceFolder = fileURLToPath(new URL("../src", import.meta.url));
const maxLines = 500;
/** Stands for what `import(expression)` names. */
const computed = "(computed)";

interface Source {
  readonly path: string;
  readonly text: string;
  readonly room: string;
  readonly imports: readonly string[];
  /** The imports that remain when types are gone. */
  readonly valueImports: readonly string[];
  readonly reexports: boolean;
}

/** The room a path below src/ belongs to: the longest line of the table that begins it. */
function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => path === room || path.startsWith(`${room}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** Every specifier a file imports or re-exports, dynamic imports and types included. */
function importsOf(path: string, text: string): Pick<Source, "imports" | "valueImports" | "reexports"> {
  const { module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const reexported = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType }) => (moduleRequest ? [{ specifier: moduleRequest.value, isType }] : [])),
  );
  const imported = module.staticImports.map(({ moduleRequest, entries }) => ({
    specifier: moduleRequest.value,
    isType: entries.length > 0 && entries.every(({ isType }) => isType),
  }));
  const dynamic = module.dynamicImports.map(({ moduleRequest }) => {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    return { specifier: /^"[^"]*"$/.test(written) ? written.slice(1, -1) : computed, isType: false };
  });
  const typeOnly = [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, specifier = ""]) => ({
    specifier,
    isType: true,
  }));
  const all = [...imported, ...reexported, ...dynamic, ...typeOnly];
  const specifiers = (list: typeof all): string[] => [...new Set(list.map(({ specifier }) => specifier))];
  return {
    imports: specifiers(all),
    valueImports: specifiers(all.filter(({ isType }) => !isType)),
    reexports: reexported.length > 0,
  };
}

function readSources(): readonly Source[] {
  return sourcePaths().map((path) => {
    const text = readFileSync(join(sourceFolder, path), "utf8");
    return { path, text, room: roomOf(path) ?? "", ...importsOf(path, text) };
  });
}

function sourcePaths(): string[] {
  const paths = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" });
  return paths
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts"))
    .toSorted();
}

/** The path below src/ that a specifier names; undefined for packages and Node's own modules. */
function targetOf(source: Source, specifier: string): string | undefined {
  if (specifier.startsWith("#")) return specifier.slice(1);
  if (specifier.startsWith(".")) return posix.join(dirname(source.path), specifier);
  return undefined;
}

/** What is wrong with one import, or nothing. */
function complaintAbout(source: Source, specifier: string): string | undefined {
  const target = targetOf(source, specifier);
  if (target === undefined) return complaintAboutPackage(source, specifier);
  const room = roomOf(target);
  if (room === undefined) return `imports ${specifier}, which lies in no room`;
  if (room === source.room) return undefined;
  if (specifier.startsWith(".")) return `crosses rooms by ${specifier}; write #${target}`;
  const allowed = rooms[source.room] ?? [];
  return allowed.includes(room) || allowed.includes(target) ? undefined : `imports ${specifier}`;
}

function complaintAboutPackage(source: Source, specifier: string): string | undefined {
  if (specifier.startsWith("node:") || specifier === computed) {
    return roomsOfNode.includes(source.room) ? undefined : `imports ${specifier}`;
  }
  return packages[source.room]?.includes(specifier) ? undefined : `imports the package ${specifier}`;
}

/** The first cycle of files below `path`, as a chain of paths. */
function findCycle(edges: ReadonlyMap<string, readonly string[]>): readonly string[] | undefined {
  const done = new Set<string>();
  const visit = (path: string, chain: readonly string[]): readonly string[] | undefined => {
    if (chain.includes(path)) return [...chain.slice(chain.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of edges.get(path) ?? []) {
      const cycle = visit(next, [...chain, path]);
      if (cycle) return cycle;
    }
    done.add(path);
    return undefined;
  };
  for (const path of edges.keys()) {
    const cycle = visit(path, []);
    if (cycle) return cycle;
  }
  return undefined;
}

const sources = readSources();

test("every file lies in a room of the table", () => {
  expect(sources.length).toBeGreaterThan(0);
  expect(sources.filter(({ room }) => room === "").map(({ path }) => path)).toEqual([]);
});

test("a room imports only what its line allows", () => {
  const complaints = sources.flatMap((source) =>
    source.imports.flatMap((specifier) => {
      const complaint = complaintAbout(source, specifier);
      return complaint === undefined ? [] : [`${source.path} ${complaint}`];
    }),
  );
  expect(complaints).toEqual([]);
});

test("the table itself has no cycle", () => {
  expect(findCycle(new Map(Object.entries(rooms)))).toBeUndefined();
});

// Between rooms types count, and the table has no cycle; inside a room two files may name each other's types.
test("no file imports itself through others", () => {
  const edges = sources.map((source): [string, string[]] => [
    source.path,
    source.valueImports.flatMap((specifier) => targetOf(source, specifier) ?? []),
  ]);
  expect(findCycle(new Map(edges))).toBeUndefined();
});

test("imports name files with their ending", () => {
  const bare = sources.flatMap((source) =>
    source.imports
      .filter((specifier) => /^[#.]/.test(specifier) && !specifier.endsWith(".ts"))
      .map((specifier) => `${source.path} imports ${specifier}`),
  );
  expect(bare).toEqual([]);
});

// The list of primitives is closed, and read as one.
test("only the package's doors hand on other files' names", () => {
  const barrels = sources
    .filter(({ path, room, reexports }) => reexports && room !== "entry" && path !== "engine/ops/index.ts")
    .map(({ path }) => path);
  expect(barrels).toEqual([]);
});

test(`no file is longer than ${maxLines} lines`, () => {
  const long = sources.filter(({ text }) => text.trimEnd().split("\n").length > maxLines).map(({ path }) => path);
  expect(long).toEqual([]);
});

test("a file opens by saying what it owns", () => {
  const silent = sources.filter(({ text }) => !/^(\/\/ |\/\*\*? ?)/.test(text)).map(({ path }) => path);
  expect(silent).toEqual([]);
});

test("the table complains about a wrong import", () => {
  const source: Source = {
    path: "engine/base/shape.ts",
    text: "",
    room: "engine/base",
    imports: [],
    valueImports: [],
    reexports: false,
  };
  expect(complaintAbout(source, "#engine/graph/graph.ts")).toBe("imports #engine/graph/graph.ts");
  expect(complaintAbout(source, "../graph/graph.ts")).toContain("crosses rooms");
  expect(complaintAbout(source, "node:fs")).toBe("imports node:fs");
  expect(complaintAbout(source, "sharp")).toBe("imports the package sharp");
  expect(complaintAbout(source, "./dtype.ts")).toBeUndefined();
  const runtime: Source = { ...source, path: "engine/runtime/jit.ts", room: "engine/runtime" };
  expect(complaintAbout(runtime, "#engine/platform/api.ts")).toBeUndefined();
  expect(complaintAbout(runtime, "#engine/platform/node/files.ts")).toContain("imports");
});
