// The JavaScript half of the protocol of bench/README.md: arguments in, one line of JSON a measurement out. Used by peers and by sinter.
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** WORK --repeats N --threads T --batch B --variant V --data FOLDER --sizes 64,128 */
export function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      repeats: { type: "string", default: "5" },
      threads: { type: "string", default: "2" },
      batch: { type: "string", default: "32" },
      variant: { type: "string", default: "" },
      data: { type: "string", default: "" },
      sizes: { type: "string", default: "64,128,256,512,1024,2048" },
    },
  });
  return {
    work: positionals[0] ?? "",
    repeats: Number(values.repeats),
    threads: Number(values.threads),
    batch: Number(values.batch),
    variant: values.variant,
    data: values.data,
    sizes: values.sizes.split(",").map(Number),
  };
}

/** Milliseconds of each of `repeats` calls, after `warmup` calls that do not count. */
export async function timed(action, repeats, warmup) {
  for (let index = 0; index < warmup; index++) await action();
  const milliseconds = [];
  for (let index = 0; index < repeats; index++) {
    const start = performance.now();
    await action();
    milliseconds.push(performance.now() - start);
  }
  return milliseconds;
}

/**
 * As `timed`, for steps of any length: two warm up, then at least `repeats`, going on for a second, but no new one
 * begins after eight.
 */
export async function timedFor(action, repeats) {
  const milliseconds = await timed(action, 0, 2);
  let total = 0;
  while (total < 8000 && (milliseconds.length < repeats || total < 1000)) {
    const [one] = await timed(action, 1, 0);
    milliseconds.push(one);
    total += one;
  }
  return milliseconds;
}

/** `resnet50-train-b8`: its model, what is done, the batch. */
export function parseWork(work) {
  const [model, mode, batch] = work.split("-");
  return { model, mode, batch: Number(batch.slice(1)) };
}

export function median(values) {
  const ordered = values.toSorted((a, b) => a - b);
  const half = ordered.length >> 1;
  return ordered.length % 2 === 1 ? ordered[half] : (ordered[half - 1] + ordered[half]) / 2;
}

/** Prints one measurement. */
export function emit(row) {
  process.stdout.write(`${JSON.stringify(row)}\n`);
}

/** Prints the time of whole batches as milliseconds an image; `extra` holds further fields. */
export function emitPerImage(name, options, milliseconds, versions, extra = {}) {
  const repeats = milliseconds.map((value) => value / options.batch);
  emit({ name, work: options.work, msPerImage: median(repeats), repeats, ...extra, versions });
}

/** Prints the time of whole steps in milliseconds. */
export function emitSteps(name, options, milliseconds, versions, extra = {}) {
  emit({ name, work: options.work, ms: median(milliseconds), repeats: milliseconds, ...extra, versions });
}

/** Times square matrix products of each size: `prepare(size)` gives the action and, when it has one, its `dispose`. */
export async function emitMatrixProducts(name, options, prepare, versions, extra = {}) {
  for (const size of options.sizes) {
    const { run, dispose } = await prepare(size);
    // Small products are repeated inside one measurement, so that the clock's grain does not count.
    const inner = Math.max(1, Math.round(2e8 / (2 * size ** 3)));
    const milliseconds = await timed(
      async () => {
        for (let index = 0; index < inner; index++) await run();
      },
      options.repeats,
      2,
    );
    dispose?.();
    const ms = median(milliseconds) / inner;
    emit({ name, work: options.work, size, ms, gflops: (2 * size ** 3) / ms / 1e6, ...extra, versions });
  }
}

/** `require` from .peers/node, where scripts/peers.mjs put the npm peers. */
export const requirePeer = createRequire(new URL("../.peers/node/package.json", import.meta.url));

/** The path of an ONNX model that bench/peers/make_onnx.py wrote. */
export const modelPath = (name) => fileURLToPath(new URL(`../.peers/models/${name}.onnx`, import.meta.url));

/** The version of an npm peer, read from its package.json beside the file that `require` finds. */
export function peerVersion(name) {
  const entry = requirePeer.resolve.paths(name)?.[0] ?? "";
  return requirePeer(`${entry}/${name}/package.json`).version;
}

/** Tokens of a text of MiniLM. */
export const miniLmTokens = 64;

/** Numbers of tokens of `size` texts in a row: texts of 64, 56, 48 and 40 tokens in turns, zeros behind their ends. */
export function textTokens(size) {
  return Int32Array.from({ length: size * miniLmTokens }, (_, index) => {
    const [text, place] = [Math.floor(index / miniLmTokens), index % miniLmTokens];
    return place < miniLmTokens - 8 * (text % 4) ? 1 + ((index * 31) % 30521) : 0;
  });
}

/** `size` numbers between -0.5 and 0.5, the same every time. */
export function numbers(size) {
  const out = new Float32Array(size);
  for (let index = 0; index < size; index++) {
    const hash = Math.imul(index + 1, 0x9e3779b9);
    out[index] = ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32 - 0.5;
  }
  return out;
}
