// callbacks.tensorBoard in a fit: Keras's tags and steps, the network as a graph, pictures of weights, a run that goes on.

import "#entry/install-node.ts";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useDevice } from "#engine/tensor/device.ts";
import { fromArrays } from "#learning/data/from-arrays.ts";
import { decodeEvents } from "#learning/formats/tfevents.ts";
import type { SummaryValue } from "#learning/formats/tfevents/event.ts";
import { EventWriter } from "#learning/formats/tfevents/event-writer.ts";
import { layers } from "#learning/nn/layers.ts";
import { callbacks } from "#learning/train/callbacks/callbacks.ts";
import { graphOf } from "#learning/train/callbacks/network-graph.ts";
import { weightPictures } from "#learning/train/callbacks/weight-pictures.ts";
import { model as functional } from "#learning/train/functional.ts";
import { metrics } from "#learning/train/metrics.ts";
import { sequential, type Model } from "#learning/train/model.ts";
import { readGolden, uniformValues } from "../golden/golden.ts";

beforeAll(() => useDevice("js"));

const data = { data: Float32Array.from(uniformValues(1, 16 * 36)), shape: [16, 6, 6, 1], dtype: "f32" } as const;
const labels = { data: Float32Array.from({ length: 16 }, (_, i) => i % 2), shape: [16, 1], dtype: "f32" } as const;
const samples = fromArrays(data, labels, { batchSize: 4 });
const validationData = fromArrays(data, labels, { batchSize: 4, shuffle: false });

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sinter-tensor-board-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function build(): Model {
  const model = sequential([
    layers.conv2d({ filters: 2, kernelSize: 3, activation: "relu", inputShape: [6, 6, 1] }),
    layers.flatten(),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
  const measured = ["accuracy", metrics.meanAbsoluteError()] as const;
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: measured });
  return model;
}

interface Found {
  readonly step: number;
  readonly value: SummaryValue;
}

/** The summaries of the only file of a folder, and the kinds of its other events. */
async function readFolder(part: string): Promise<{ found: Found[]; others: string[]; bytes: Uint8Array }> {
  const names = (await readdir(join(folder, part))).filter((name) => name.includes("tfevents"));
  expect(names).toHaveLength(1);
  const bytes = await readFile(join(folder, part, names[0]!));
  const { events, numBytes } = decodeEvents(bytes);
  expect(numBytes).toBe(bytes.length);
  const found = events.flatMap(({ step, content }) =>
    content.kind === "summary" ? content.values.map((value) => ({ step, value })) : [],
  );
  return { found, others: events.map(({ content }) => content.kind).filter((kind) => kind !== "summary"), bytes };
}

const tagsOf = (found: readonly Found[]): string[] =>
  found.map(({ step, value }) => `${step} ${"tag" in value ? value.tag : value.kind}`);

describe("tensorBoard", () => {
  test("writes Keras's tags at Keras's steps", async () => {
    const board = callbacks.tensorBoard({
      logDir: folder,
      histogramFreq: 1,
      writeImages: true,
      updateFreq: 2,
      writeGraph: false,
      writeStepsPerSecond: true,
    });
    const { history } = await build().fit(samples, { epochs: 2, validationData, verbose: 0, callbacks: [board] });
    const golden = readGolden("event-files") as {
      readonly files: Readonly<Record<string, { readonly values: readonly { step: number; tag: string }[] }>>;
    };
    for (const part of ["train", "validation"]) {
      const { found, others } = await readFolder(part);
      const expected = golden.files[`fit/${part}`]!.values.map(({ step, tag }) => `${step} ${tag}`);
      // Metrics within an epoch are read at most every 100 ms: some steps have none yet.
      const isLate = (line: string): boolean => /batch_(accuracy|mean_absolute_error)$/.test(line);
      const own = tagsOf(found).filter((line) => !isLate(line));
      expect(own.toSorted()).toEqual(expected.filter((line) => !isLate(line)).toSorted());
      expect(others).toEqual(["fileVersion"]);
    }
    const { found } = await readFolder("validation");
    const losses = found.filter(({ value }) => "tag" in value && value.tag === "epoch_loss");
    expect(losses.map(({ value }) => (value.kind === "scalar" ? value.value : 0))).toEqual(
      history["valLoss"]!.map(Math.fround),
    );
  });

  test("writes hyperparameters, the graph, and no more than was asked for", async () => {
    const hyperparameters = { units: 4, optimizer: "adam", deep: false };
    const board = callbacks.tensorBoard({ logDir: folder, hyperparameters });
    await build().fit(samples, { epochs: 1, verbose: 0, callbacks: [board] });
    const root = await readFolder("");
    expect(root.found[0]?.value).toMatchObject({ kind: "sessionStart", hyperparameters });
    expect(root.found[1]?.value).toMatchObject({ kind: "sessionEnd", status: "success" });
    const train = await readFolder("train");
    expect(train.others).toEqual(["fileVersion", "graph"]);
    expect(tagsOf(train.found)).toEqual([
      "0 epoch_loss",
      "0 epoch_accuracy",
      "0 epoch_mean_absolute_error",
      "0 epoch_learning_rate",
    ]);
    expect((await readdir(folder)).includes("validation")).toBe(false);
  });

  test("a run that goes on leaves the files of one that was never ended", async () => {
    const checkpoints = { folder: join(folder, "checkpoints"), everySteps: 1 };
    const whole = { epochs: 3, validationData, verbose: 0 } as const;
    const board = () => callbacks.tensorBoard({ logDir: join(folder, "cut"), updateFreq: 1, histogramFreq: 2 });
    const stop = new AbortController();
    let numSteps = 0;
    const stopper = callbacks.lambda({ onTrainBatchEnd: () => void ((numSteps += 1) === 7 && stop.abort()) });
    const begun = { ...whole, callbacks: [board(), stopper], checkpoints, signal: stop.signal };
    await expect(build().fit(samples, begun)).rejects.toThrow(/signal/);
    await build().fit(samples, { ...whole, callbacks: [board(), callbacks.lambda({})], checkpoints });
    const other = callbacks.tensorBoard({ logDir: join(folder, "whole"), updateFreq: 1, histogramFreq: 2 });
    await build().fit(samples, { ...whole, callbacks: [other] });
    for (const part of ["train", "validation"]) {
      const [cut, never] = [await readFolder(join("cut", part)), await readFolder(join("whole", part))];
      const steady = ({ found }: { found: readonly Found[] }): readonly Found[] =>
        found.filter(({ value }) => !("tag" in value && /^batch_(acc|mean)/.test(value.tag)));
      expect(steady(cut)).toEqual(steady(never));
      expect(cut.others).toEqual(never.others);
    }
  });

  test.each([
    [{ logDir: "" }, /logDir/],
    [{ histogramFreq: -1 }, /histogramFreq/],
    [{ updateFreq: 0 }, /updateFreq/],
    [{ log_dir: "x" }, /logDir/],
    [{ hyperparameters: { list: [1] } }, /list/],
  ])("refuses %j", (options, message) => {
    expect(() => callbacks.tensorBoard(options as object)).toThrow(message);
  });

  test("a state of another callback is refused", async () => {
    const board = callbacks.tensorBoard({ logDir: folder });
    await expect(async () => board.restore?.({ numLines: 1 }, undefined as never)).rejects.toThrow(/state/);
    const state = { numSteps: 1, isBegun: 1, places: [{ part: "train", filename: "../x.tfevents", numBytes: 5 }] };
    await expect(async () => board.restore?.(state, undefined as never)).rejects.toThrow(/no name of an event file/);
    const lost = { numSteps: 1, isBegun: 1, places: [{ part: "train", filename: "x.tfevents", numBytes: 5 }] };
    await expect(async () => board.restore?.(lost, undefined as never)).rejects.toThrow(/has 0 bytes/);
  });
});

test("a network is drawn call by call", () => {
  const left = layers.input({ shape: [2], name: "left" });
  const right = layers.input({ shape: [2], name: "right" });
  const shared = layers.dense({ units: 3, name: "shared" });
  const outputs = layers.concatenate({}).apply([shared.apply(left), shared.apply(right)]);
  const { network } = functional({ inputs: [left, right], outputs });
  const nodes = graphOf(network);
  expect(nodes.map(({ name, op, inputs }) => `${name} ${op} ${inputs.join(" ")}`)).toEqual([
    "left InputLayer ",
    "right InputLayer ",
    "shared Dense left",
    "shared_call_1 Dense right",
    "concatenate Concatenate shared shared_call_1",
  ]);
  expect(nodes[2]).toMatchObject({ outputShapes: [[-1, 3]], attributes: { units: 3, numWeights: 9 } });
});

test("weights are laid out as Keras lays them out", () => {
  const values = Float32Array.from({ length: 24 }, (_, index) => index);
  const shapesOf = (shape: readonly number[]) =>
    weightPictures(
      values.subarray(
        0,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    ).map(({ height, width, channels }) => [height, width, channels]);
  expect(shapesOf([5])).toEqual([[5, 1, 1]]);
  expect(shapesOf([6, 4])).toEqual([[4, 6, 1]]);
  expect(shapesOf([4, 6])).toEqual([[4, 6, 1]]);
  expect(shapesOf([2, 3, 1, 4])).toEqual([
    [2, 3, 1],
    [2, 3, 1],
    [2, 3, 1],
  ]);
  expect(shapesOf([2, 2, 2, 3])).toEqual([
    [2, 2, 3],
    [2, 2, 3],
  ]);
  expect(shapesOf([2, 2, 3, 2])).toEqual([]);
  expect(shapesOf([1, 1])).toEqual([]);
  const [second] = weightPictures(values, [2, 3, 1, 4]).slice(1);
  expect([...second!.data]).toEqual([1, 5, 9, 13, 17, 21].map((value) => Math.round((value / 23) * 255)));
});

test("an event file grows, and goes on where it stood", async () => {
  const writer = new EventWriter(folder, { now: () => 5, filename: "events.tfevents" });
  await writer.scalar("a", 1, 0);
  await writer.flush();
  const place = writer.place;
  await writer.text("b", "text", 1);
  await Promise.all([writer.flush(), writer.flush()]);
  const again = new EventWriter(folder, { now: () => 5 });
  await again.goOn(place);
  await again.images("c", [{ width: 1, height: 1, channels: 1, data: Uint8Array.of(7) }], 2);
  await again.flush();
  const { found, others } = await readFolder("");
  expect(tagsOf(found)).toEqual(["0 a", "2 c"]);
  expect(others).toEqual(["fileVersion"]);
  await expect(again.images("c", [], 0)).rejects.toThrow(/one size/);
  expect(() => new EventWriter("")).toThrow(/folder/);
});
