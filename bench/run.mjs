// `npm run bench`: measures sinter and its peers in turns, in processes of their own, and compares medians.
// Options: --only train,infer … --rounds 3 --repeats 5 --threads 2 --names sinter-wasm,pytorch --sizes 64,2048 --out FILE --list
// Results: a table, bench/results/latest.json and, where sinter's kernels took part, roofline.svg beside it. README.md beside this file tells the protocol.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, totalmem } from "node:os";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { contestants, fields, limits, profile, suiteWorks, works } from "./contestants.mjs";
import { median } from "./protocol.mjs";
import { rooflineSvg } from "./roofline.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const photos = ".data/photos";
const timeoutMs = 600_000;

const { values: options } = parseArgs({
  options: {
    only: { type: "string" },
    names: { type: "string" },
    rounds: { type: "string", default: "3" },
    repeats: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    sizes: { type: "string", default: "64,128,256,512,1024,2048" },
    out: { type: "string", default: "bench/results/latest.json" },
    list: { type: "boolean", default: false },
  },
});

/** Runs one contestant once; gives the lines it printed, or the reason why there are none. */
function measure(contestant, work) {
  const [command, ...parameters] = contestant.command(work);
  const script = parameters[0];
  const isMissing = (path) => !existsSync(join(root, path));
  if (isMissing(script)) return Promise.resolve({ lines: [], reason: `there is no ${script}` });
  if (command.startsWith(".peers") && isMissing(command)) {
    return Promise.resolve({ lines: [], reason: "not installed: run node scripts/peers.mjs" });
  }
  const shared = [
    "--repeats",
    options.repeats,
    "--threads",
    options.threads,
    "--sizes",
    options.sizes,
    "--data",
    photos,
  ];
  return new Promise((resolve) => {
    // A path without a slash would be looked up; ours are inside the repository.
    const file = command.startsWith(".peers") ? join(root, command) : command;
    const child = spawn(file, [...parameters, ...shared], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: timeoutMs,
    });
    let text = "";
    let complaint = "";
    child.stdout.on("data", (part) => (text += part));
    child.stderr.on("data", (part) => (complaint = (complaint + part).slice(-2000)));
    child.on("error", (error) => resolve({ lines: [], reason: error.message }));
    child.on("close", (code, signal) => {
      const lines = text
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line));
      const lastWords = complaint.trim().split("\n").at(-1) ?? "";
      const reason = code === 0 ? undefined : `ended with ${signal ?? code}: ${lastWords}`;
      resolve({ lines: code === 0 ? lines : [], reason });
    });
  });
}

/** The work's rounds, in each of which every contestant runs once, the order turned by one each time. */
async function runWork(work, taking) {
  const rows = new Map();
  const skipped = new Map();
  for (let round = 0; round < Number(options.rounds); round++) {
    for (let turn = 0; turn < taking.length; turn++) {
      const contestant = taking[(turn + round) % taking.length];
      if (skipped.has(contestant.name)) continue;
      process.stderr.write(`${work}, round ${round + 1} of ${options.rounds}: ${contestant.name}\n`);
      const { lines, reason } = await measure(contestant, work);
      if (reason !== undefined) skipped.set(contestant.name, reason);
      for (const line of lines) {
        const key = line.size === undefined ? contestant.name : `${contestant.name} ${line.size}`;
        const row = rows.get(key) ?? { name: contestant.name, work, size: line.size, rounds: [] };
        row.rounds.push(line);
        rows.set(key, row);
      }
    }
  }
  const results = [...rows.values()].map((row) => ({
    ...row,
    median: median(row.rounds.map((line) => line[fields[work]])),
  }));
  return { work, results, skipped: Object.fromEntries(skipped) };
}

/** One row a contestant (and size): median, spread over the rounds, ratio to the fastest peer. */
function table({ work, results, skipped }) {
  const lines = [`\n${work}: ${works[work]}`];
  const sizes = [...new Set(results.map((row) => row.size))];
  for (const size of sizes) {
    const rows = results.filter((row) => row.size === size).toSorted((a, b) => a.median - b.median);
    const fastestPeer = rows.find((row) => !row.name.startsWith("sinter"))?.median;
    for (const row of rows) {
      const measured = row.rounds.map((line) => line[fields[work]]);
      const spread = `${Math.min(...measured).toFixed(3)} to ${Math.max(...measured).toFixed(3)}`;
      const ratio = fastestPeer === undefined ? "" : `${(row.median / fastestPeer).toFixed(2)} x`;
      const label = size === undefined ? row.name : `${size} ${row.name}`;
      lines.push(`  ${label.padEnd(28)} ${row.median.toFixed(3).padStart(12)}   ${spread.padEnd(26)} ${ratio}`);
    }
  }
  for (const [name, reason] of Object.entries(skipped)) lines.push(`  ${name.padEnd(28)} skipped: ${reason}`);
  return lines.join("\n");
}

/** Each limit with what was measured; `holds` is undefined when a side is missing. */
function judge(measured) {
  return limits.flatMap((limit) => {
    const results = measured.find((entry) => entry.work === limit.work)?.results ?? [];
    const mine = results.find((row) => row.name === limit.name);
    if (mine === undefined) return [];
    const value = limit.field === undefined ? mine.median : median(mine.rounds.map((line) => line[limit.field]));
    if (limit.bound !== undefined) return [{ ...limit, value, holds: value <= limit.bound }];
    const peers = results.filter((row) => limit.against.includes(row.name)).map((row) => row.median);
    if (peers.length === 0) return [];
    const ratio = value / Math.min(...peers);
    return [{ ...limit, value: ratio, holds: ratio <= limit.ratio }];
  });
}

const named = options.only?.split(",") ?? Object.keys(works);
const asked = named.flatMap((work) => (work === "suite" ? suiteWorks : work));
const unknown = asked.filter((work) => !(work in works));
if (unknown.length > 0 || options.list) {
  if (unknown.length > 0) console.error(`bench: no work "${unknown.join(", ")}"`);
  for (const [work, text] of Object.entries(works)) {
    const names = contestants.filter((one) => one.works.includes(work)).map((one) => one.name);
    console.error(`${work.padEnd(20)} ${text}\n${" ".repeat(21)}${names.join(", ")}`);
  }
  process.exit(unknown.length > 0 ? 2 : 0);
}

/** Draws where the time of sinter's kernels goes, in the works asked for that have some. */
async function drawRoofline(worksDone) {
  const profiled = (work) => measure(profile, work);
  const [roof] = (await profiled("roof")).lines;
  if (roof === undefined) return;
  const rows = [];
  for (const work of worksDone) {
    process.stderr.write(`roofline: ${work}\n`);
    rows.push(...(await profiled(work)).lines);
  }
  const picture = rooflineSvg(roof, rows, `${machine.cpu}, ${options.threads} threads`);
  if (picture === undefined) return;
  const path = join(dirname(out), "roofline.svg");
  writeFileSync(path, picture);
  console.log(`\nroofline: ${relative(root, path)}`);
}

const names = options.names?.split(",");
const loadBefore = loadavg()[0];
const isBusy = loadBefore > 0.5;
if (isBusy) {
  console.error(`bench: the machine is busy (load ${loadBefore.toFixed(2)}): the figures only indicate`);
}
const measured = [];
for (const work of asked) {
  const taking = contestants.filter(
    (one) => one.works.includes(work) && (names === undefined || names.includes(one.name)),
  );
  const entry = await runWork(work, taking);
  measured.push(entry);
  console.log(table(entry));
}
const verdicts = judge(measured);
if (verdicts.length > 0) console.log("");
for (const { work, name, against, ratio, bound, field, value, holds } of verdicts) {
  const wanted =
    bound === undefined ? `${ratio} x ${against.join(" or ")}` : `${bound}${field === undefined ? "" : ` (${field})`}`;
  const verdict = `${isBusy ? "(busy, no verdict) " : ""}${holds ? "holds " : "MISSES"}`;
  console.log(`${verdict}  ${name} ${work}: ${value.toFixed(3)}, at most ${wanted}`);
}
const machine = {
  cpu: cpus()[0]?.model.trim(),
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  system: `${platform()} ${arch()}`,
  node: process.version,
};
const out = resolve(root, options.out);
mkdirSync(dirname(out), { recursive: true });
const { rounds, repeats, threads } = options;
const content = {
  date: new Date().toISOString(),
  machine,
  loadBefore,
  isBusy,
  options: { rounds, repeats, threads },
  measured,
  verdicts,
};
writeFileSync(out, `${JSON.stringify(content, null, 2)}\n`);
const hasProfile = ({ work, results }) =>
  profile.works.includes(work) && results.some(({ name }) => name === profile.name);
const profiledWorks = measured.filter(hasProfile).map(({ work }) => work);
if (profiledWorks.length > 0) await drawRoofline(profiledWorks);
