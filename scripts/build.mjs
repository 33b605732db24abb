// Builds dist/: the doors and programs by rolldown, their declarations by tsc. Writes beside dist/ and swaps at the end,
// so that a running program never sees half a build. Does not check types: `npm run check` does.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { rolldown } from "rolldown";
import { nodePrograms, publicDoors } from "./doors.mjs";
import { root, sourceDigest, stampName } from "./freshness.mjs";

const out = join(root, `dist.building-${process.pid}`);
const digest = sourceDigest();
const isExternal = (id) =>
  id.startsWith("node:") || (!id.startsWith(".") && !id.startsWith("#") && !id.startsWith("/") && !id.startsWith("\0"));

const entryPath = (name) => JSON.stringify(join(root, "src/entry", `${name}.ts`));

/** A door of one platform: installs the platform, then gives the names. */
const doorPlugin = {
  name: "doors",
  resolveId: (id) => (id.startsWith("door:") ? `\0${id}` : undefined),
  load(id) {
    if (!id.startsWith("\0door:")) return undefined;
    const [, platform, door] = id.split(":");
    return {
      code: `import ${entryPath(`install-${platform}`)};\nexport * from ${entryPath(door)};\n`,
      moduleSideEffects: true,
    };
  },
};

/** Source files that are there: a door whose room is not built yet is left out. */
const isThere = (path) => existsSync(join(root, path));

async function bundle(input, options) {
  const build = await rolldown({
    cwd: root,
    input,
    external: isExternal,
    plugins: [doorPlugin],
    transform: { target: "node20.19" },
    treeshake: {
      moduleSideEffects: [
        { test: /src\/entry\//, sideEffects: true },
        { test: /src\//, sideEffects: false },
      ],
    },
    logLevel: "warn",
    onLog(level, log, report) {
      // A room that cannot be found would be left to the user's machine, where it never can be.
      report(log.code === "UNRESOLVED_IMPORT" ? "error" : level, log);
    },
    ...options,
  });
  await build.write({ dir: out, format: "esm", chunkFileNames: "chunks/[name]-[hash].js", sourcemap: true });
  await build.close();
}

async function bundleAll() {
  const input = {};
  for (const platform of ["node", "browser"]) {
    if (!isThere(`src/entry/install-${platform}.ts`)) continue;
    for (const door of publicDoors) {
      if (isThere(`src/entry/${door}.ts`)) input[`${platform}/${door}`] = `door:${platform}:${door}`;
    }
  }
  for (const [name, path] of Object.entries(nodePrograms)) if (isThere(path)) input[`node/${name}`] = join(root, path);
  await bundle(input);
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Emits declarations; `#room/file.ts` becomes a relative path, since a user's compiler must not need our sources. */
function declare() {
  const types = join(out, "types");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  for (const realm of ["node", "browser"]) {
    const flags = ["--noEmit", "false", "--emitDeclarationOnly", "--rootDir", "src", "--outDir", types];
    try {
      execFileSync(process.execPath, [compiler, "-p", `tsconfig/${realm}.json`, ...flags], {
        cwd: root,
        stdio: "pipe",
      });
    } catch (error) {
      const text = String(error.stdout);
      if (!text.includes("TS18003"))
        console.warn(`declarations of ${realm}: ${text.split("\n").length - 1} complaints (npm run types)`);
    }
  }
  for (const file of filesUnder(types)) {
    if (!file.endsWith(".d.ts")) continue;
    const here = dirname(file);
    const text = readFileSync(file, "utf8").replace(
      /(from |import\()"(#|\.{1,2}\/)([^"]+)\.ts"/g,
      (_, keyword, prefix, path) => {
        if (prefix !== "#") return `${keyword}"${prefix}${path}.js"`;
        const target = relative(here, join(types, `${path}.js`)).replaceAll("\\", "/");
        return `${keyword}"${target.startsWith(".") ? target : `./${target}`}"`;
      },
    );
    // A program compiled for an older library still understands Symbol.dispose.
    const isDoor = here === join(types, "entry");
    writeFileSync(file, isDoor ? `/// <reference lib="esnext.disposable" />\n${text}` : text);
  }
}

const started = performance.now();
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
try {
  await bundleAll();
  declare();
  writeFileSync(join(out, stampName), `${digest}\n`);
  const old = join(root, `dist.old-${process.pid}`);
  if (existsSync(join(root, "dist"))) renameSync(join(root, "dist"), old);
  renameSync(out, join(root, "dist"));
  rmSync(old, { recursive: true, force: true });
} finally {
  rmSync(out, { recursive: true, force: true });
}
console.error(`built dist in ${((performance.now() - started) / 1000).toFixed(1)} s`);
