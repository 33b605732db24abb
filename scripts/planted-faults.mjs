// Whether `data check` finds 60 planted faults among 500 stamps, and nothing of their kinds among the 500 alone.
// Run: node scripts/fetch-data.mjs all-stamps; node scripts/planted-faults.mjs [--seed 0]
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import sharp from "sharp";
import { checkFolder } from "sinter/data";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamps = join(root, ".data", "all-stamps");
const { values: options } = parseArgs({ options: { seed: { type: "string", default: "0" } } });
const numStamps = 500;
/** Seen to be the same picture as another one: one file twice, and one spinning top with different letters on it. */
const doubles = ["military/fireman240a.png", ...readdirSync(join(stamps, "seasonal")).filter(isTop)];
const kinds = ["broken", "wrong-extension", "leak", "duplicate", "conflict"];
const planted = { duplicate: 20, leak: 16, broken: 12, "wrong-extension": 12 };

function isTop(name) {
  return name.startsWith("hanukkah-dreydl");
}

/** Numbers in [0, 1), the same for the same seed. */
function* numbersFrom(seed) {
  for (let state = (seed * 2654435761 + 12345) >>> 0; ;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}
const numbers = numbersFrom(Number(options.seed));
const draw = () => numbers.next().value;
const between = (low, high) => low + draw() * (high - low);
const shuffled = (list) =>
  list
    .map((item) => [draw(), item])
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item);

/** Lays 500 stamps out as train, val and test. */
function layOut(folder) {
  const names = readdirSync(stamps, { recursive: true }).filter((name) => name.endsWith(".png"));
  const kept = names.filter((name) => !doubles.includes(name.replaceAll("\\", "/")) && !isTop(basename(name)));
  const dropped = new Set(shuffled(kept).slice(numStamps));
  const files = kept.filter((name) => !dropped.has(name));
  const counts = new Map();
  return files.map((name) => {
    const subject = name.split(/[\\/]/)[0];
    const count = counts.get(subject) ?? 0;
    counts.set(subject, count + 1);
    // The first three of a class make sure that each part has it.
    const part =
      count === 1 || (count > 2 && count % 7 === 0) ? "val" : count === 2 || count % 7 === 1 ? "test" : "train";
    mkdirSync(join(folder, part, subject), { recursive: true });
    const file = join(folder, part, subject, basename(name));
    copyFileSync(join(stamps, name), file);
    return { file, part, subject, stem: basename(name, ".png") };
  });
}

/** The picture smaller and compressed, as a copy from elsewhere would be. */
async function copyOf(file) {
  const { width, height } = await sharp(file).metadata();
  const share = between(0.5, 0.9);
  const picture = sharp(file)
    .flatten({ background: "#ffffff" })
    .resize(Math.round(width * share), Math.round(height * share));
  const quality = Math.round(between(30, 90));
  return draw() < 0.5
    ? { bytes: await picture.jpeg({ quality }).toBuffer(), ending: "jpg" }
    : { bytes: await picture.webp({ quality }).toBuffer(), ending: "webp" };
}

const other = { train: "test", val: "train", test: "train" };

const plant = {
  async duplicate({ file, stem }) {
    const { bytes, ending } = await copyOf(file);
    const target = join(file, "..", `${stem}-again.${ending}`);
    writeFileSync(target, bytes);
    return target;
  },
  async leak({ file, part, subject, stem }, folder) {
    const { bytes, ending } = await copyOf(file);
    const target = join(folder, other[part], subject, `${stem}-leak.${ending}`);
    writeFileSync(target, bytes);
    return target;
  },
  async broken({ file }) {
    const bytes = readFileSync(file);
    const length = draw() < 0.2 ? 0 : Math.floor(bytes.length * between(0.1, 0.9));
    writeFileSync(file, bytes.subarray(0, length));
    return file;
  },
  async "wrong-extension"({ file, stem }) {
    const target = join(file, "..", `${stem}.jpg`);
    const isRenamed = draw() < 0.5;
    const bytes = isRenamed ? readFileSync(file) : await sharp(file).webp({ lossless: true }).toBuffer();
    rmSync(file);
    writeFileSync(target, bytes);
    return target;
  },
};

const folder = mkdtempSync(join(tmpdir(), "sinter-planted-"));
try {
  const files = layOut(folder);
  const clean = await checkFolder(folder);
  const alarms = clean.findings.filter(({ kind }) => kinds.includes(kind));
  for (const { kind, files: paths, message } of alarms)
    console.log(`false alarm: ${kind} ${paths.join(" = ")}: ${message}`);
  const sizes = await Promise.all(files.map(async ({ file }) => sharp(file).metadata()));
  const large = shuffled(files.filter((_, index) => Math.min(sizes[index].width, sizes[index].height) >= 80));
  const wanted = [];
  for (const [kind, count] of Object.entries(planted)) {
    for (const chosen of large.splice(0, count)) wanted.push({ kind, file: await plant[kind](chosen, folder) });
  }
  const { findings } = await checkFolder(folder);
  const isFound = ({ kind, file }) => findings.some((finding) => finding.kind === kind && finding.files.includes(file));
  const missed = wanted.filter((one) => !isFound(one));
  for (const { kind, file } of missed) console.log(`missed: ${kind} ${file.slice(folder.length + 1)}`);
  const known = new Set(wanted.map(({ file }) => file));
  const stray = findings.filter(
    ({ kind, files: paths }) => kinds.includes(kind) && !paths.some((path) => known.has(path)),
  );
  for (const { kind, files: paths } of stray)
    console.log(`false alarm beside the planted: ${kind} ${paths.join(" = ")}`);
  console.log(
    JSON.stringify({
      seed: options.seed,
      stamps: files.length,
      planted: wanted.length,
      found: wanted.length - missed.length,
      falseAlarms: alarms.length,
      stray: stray.length,
    }),
  );
  process.exitCode = missed.length + alarms.length + stray.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
