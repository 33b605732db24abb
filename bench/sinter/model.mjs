// The seed CNN of docs/guide/seed.md and a batch for it, shared by sinter's side of the benchmarks.
import { readFileSync } from "node:fs";
import { layers, sequential, tensor, useDevice } from "sinter";
import { numbers, readArguments } from "../protocol.mjs";

/** Reads the arguments and chooses the device that --variant names. */
export async function start(deviceOptions = {}) {
  const options = readArguments();
  const device = options.variant || "wasm";
  await useDevice(device, { threads: options.threads, ...deviceOptions });
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return { options, name: `sinter-${device}`, versions: { sinter: version, node: process.version } };
}

export function seedCnn() {
  const conv = { kernelSize: 3, activation: "relu" };
  const model = sequential([
    layers.conv2d({ filters: 32, ...conv, inputShape: [150, 150, 3] }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 64, ...conv }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.conv2d({ filters: 128, ...conv }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 512, activation: "relu" }),
    layers.dense({ units: 1, activation: "sigmoid" }),
  ]);
  model.compile({ optimizer: "adam", loss: "binaryCrossentropy" });
  return model;
}

/** Pictures between 0 and 1 and alternating labels. */
export function batchOf(size) {
  const pixels = numbers(size * 150 * 150 * 3).map((value) => value + 0.5);
  const labels = Float32Array.from({ length: size }, (_, index) => index % 2);
  return { x: tensor(pixels, { shape: [size, 150, 150, 3] }), y: tensor(labels, { shape: [size, 1] }) };
}
