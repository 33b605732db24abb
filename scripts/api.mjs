// The public names as text: api/ holds the emitted declarations that a user can reach from a door, comments left out.
// `npm run api` writes them; with --check it fails when they differ, so that a changed name shows in a diff.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { format } from "oxfmt";
import { parseSync } from "oxc-parser";
import { publicDoors } from "./doors.mjs";
import { root } from "./freshness.mjs";

const types = join(root, "dist/types");
const api = join(root, "api");
const formatting = JSON.parse(readFileSync(join(root, ".oxfmtrc.json"), "utf8"));

function withoutComments(path, text) {
  const { comments } = parseSync(path, text);
  let rest = "";
  let end = 0;
  for (const comment of comments) {
    rest += text.slice(end, comment.start);
    end = comment.end;
  }
  return (rest + text.slice(end)).replaceAll(/\n\s*\n+/g, "\n").trim();
}

/** Declarations reachable from the doors, by path below dist/types. */
async function reachable() {
  const found = new Map();
  const queue = [...publicDoors, "loader"].map((door) => `entry/${door}.d.ts`);
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (found.has(path) || !existsSync(join(types, path))) continue;
    const text = readFileSync(join(types, path), "utf8");
    const { code } = await format(path, withoutComments(path, text), { printWidth: formatting.printWidth });
    found.set(path, code);
    for (const [, target] of text.matchAll(/(?:from |import\()"(\.[^"]+)\.js"/g)) {
      queue.push(posix.join(dirname(path), `${target}.d.ts`));
    }
  }
  return found;
}

function committed() {
  if (!existsSync(api)) return new Map();
  const files = readdirSync(api, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(api.length + 1).replaceAll("\\", "/"), readFileSync(file, "utf8")];
    }),
  );
}

const now = await reachable();
if (process.argv.includes("--check")) {
  const before = committed();
  const paths = [...new Set([...now.keys(), ...before.keys()])].toSorted((a, b) => (a < b ? -1 : 1));
  const changed = paths.filter((path) => now.get(path) !== before.get(path));
  if (changed.length > 0) {
    console.error(`public names changed; read the diff after \`npm run api\`:\n  ${changed.join("\n  ")}`);
    process.exit(1);
  }
} else {
  rmSync(api, { recursive: true, force: true });
  for (const [path, code] of now) {
    mkdirSync(dirname(join(api, path)), { recursive: true });
    writeFileSync(join(api, path), code);
  }
}
console.log(`api: ${now.size} files`);
