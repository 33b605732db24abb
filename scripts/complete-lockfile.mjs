// Completes package-lock.json after a dependency changed: a registry that mirrors only some machines' builds leaves the
// others out, and `npm ci` then refuses the lockfile everywhere. Each missing optional dependency whose version its owner
// names exactly gets an entry that fits only the machine its name tells. Run: node scripts/complete-lockfile.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./freshness.mjs";

const path = join(root, "package-lock.json");
const lockfile = JSON.parse(readFileSync(path, "utf8"));
const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** Which machines a build of this name is for; a name that tells neither fits none, so that it is never fetched. */
function machineOf(name) {
  const words = name.split(/[-/]/);
  const system = systems.find((word) => words.includes(word));
  const processor = processors.findLast((word) => words.includes(word));
  const libc = { musl: "musl", musleabihf: "musl", gnu: "glibc", gnueabihf: "glibc" }[words.at(-1)];
  return {
    cpu: [words.includes("wasm32") ? "wasm32" : (processor ?? "none")],
    libc: system === "linux" && libc ? [libc] : undefined,
    os: [system ?? "none"],
  };
}

let numAdded = 0;
const optional = Object.values(lockfile.packages).flatMap((entry) =>
  Object.entries(entry.optionalDependencies ?? {}).map(([name, version]) => ({ name, version, isDev: entry.dev })),
);
for (const { name, version, isDev } of optional) {
  const place = `node_modules/${name}`;
  if (lockfile.packages[place] !== undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue;
  const { cpu, libc, os } = machineOf(name);
  lockfile.packages[place] = { version, cpu, ...(isDev && { dev: true }), ...(libc && { libc }), optional: true, os };
  numAdded += 1;
}
const [own, ...others] = Object.entries(lockfile.packages);
const sorted = others.toSorted(([a], [b]) => a.localeCompare(b, "en"));
lockfile.packages = Object.fromEntries([own, ...sorted]);
writeFileSync(path, `${JSON.stringify(lockfile, null, 2)}\n`);
console.log(`package-lock.json: ${numAdded} entries added`);
