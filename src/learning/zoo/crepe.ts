// CREPE: the pitch of a sound from its samples (Kim, Salamon, Li and Bello, CREPE: a convolutional representation for pitch
// estimation, 2018), and how a sound is cut into frames for it and its answers become frequencies.

import { SinterError } from "#engine/base/error.ts";
import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";
import type { SymbolicTensor } from "#learning/nn/layer.ts";
import { layers } from "#learning/nn/layers.ts";
import { model } from "#learning/train/functional.ts";
import type { Model } from "#learning/train/model.ts";
import { resampled } from "./resample.ts";

/** How many times the maps of each convolution are there. */
const widths = { tiny: 4, small: 8, medium: 16, large: 24, full: 32 } as const;

/** Maps of one width. */
const maps = [32, 4, 4, 4, 8, 16];

const [frameLength, rate, numBins] = [1024, 16_000, 360];

export interface CrepeOptions {
  /** "tiny" (486,552 weights to learn) to "full" (22,239,976); "full". */
  readonly capacity?: keyof typeof widths;
  readonly name?: string;
  /** Of the first weights; 0. */
  readonly seed?: number;
}

/**
 * How likely each of 360 pitches is, 20 cents apart from 32.70 Hz on: frames [1024] of a sound at 16 kHz, each with mean 0 and
 * standard deviation 1, become [360] numbers between 0 and 1. `pitch` cuts a sound and reads the answers.
 * @throws option
 * @source Kim et al. 2018, figure 1
 */
export function crepe(options: CrepeOptions = {}): Model {
  checkOptions("crepe", options, ["capacity", "name", "seed"]);
  const capacity = choice("crepe", "capacity", options.capacity ?? "full", [
    "tiny",
    "small",
    "medium",
    "large",
    "full",
  ]);
  const frames = layers.input({ shape: [frameLength] });
  let x: SymbolicTensor = layers.reshape({ targetShape: [frameLength, 1], name: "samples" }).apply(frames);
  for (const [place, numMaps] of maps.entries()) {
    const size = place === 0 ? { kernelSize: 512, strides: 4 } : { kernelSize: 64 };
    const name = `conv${place + 1}`;
    const filters = numMaps * widths[capacity];
    x = layers.conv1d({ ...size, filters, padding: "same", activation: "relu", name }).apply(x); // [256, 1024] …
    x = layers.batchNormalization({ name: `${name}_bn` }).apply(x);
    x = layers.maxPooling1d({ poolSize: 2, name: `${name}_pool` }).apply(x); // [128, 1024] … [4, 512]
    x = layers.dropout({ rate: 0.25, name: `${name}_dropout` }).apply(x);
  }
  x = layers.flatten({ name: "flatten" }).apply(x); // [2048]
  x = layers.dense({ units: numBins, activation: "sigmoid", name: "classifier" }).apply(x);
  return model({ inputs: frames, outputs: x, name: options.name ?? `crepe_${capacity}`, seed: options.seed ?? 0 });
}

export interface PitchOptions {
  /** Of the sound, in Hz; 16,000. Others are resampled. */
  readonly sampleRate?: number;
  /** Between frames, in seconds; 0.01. */
  readonly hop?: number;
  readonly batchSize?: number;
}

/** One number for each frame. */
export interface Pitch {
  /** Of the middle of the frame, in seconds. */
  readonly time: Float64Array;
  /** In Hz. */
  readonly frequency: Float64Array;
  /** The largest of the network's answers, between 0 and 1: low where nothing sounds. */
  readonly confidence: Float64Array;
}

/**
 * The pitch of a sound every 10 ms, by a CREPE network with weights.
 * @param net `crepe({ capacity })` with weights, by `loadTorchWeights`
 * @param audio samples of one channel; the sound is taken to be silent before and after
 * @throws option, value
 * @source Kim et al. 2018, sections 2.1 and 2.2
 */
export async function pitch(net: Model, audio: ArrayLike<number>, options: PitchOptions = {}): Promise<Pitch> {
  checkOptions("pitch", options, ["sampleRate", "hop", "batchSize"]);
  const sampleRate = numberWithin("pitch", "sampleRate", options.sampleRate ?? rate, 1000, 1e6);
  const step = Math.round(numberWithin("pitch", "hop", options.hop ?? 0.01, 1 / rate, 1e6) * rate);
  const batchSize = integer("pitch", "batchSize", options.batchSize ?? 64);
  if (audio.length === 0) throw new SinterError("value", "pitch: the sound has no samples. Give at least one.");
  const sound = resampled(audio, sampleRate, rate);
  const numFrames = 1 + Math.floor(sound.length / step);
  const frames = new Float32Array(numFrames * frameLength);
  for (let frame = 0; frame < numFrames; frame += 1) {
    const samples = frames.subarray(frame * frameLength, (frame + 1) * frameLength);
    const begin = frame * step - frameLength / 2;
    samples.forEach((_, at) => (samples[at] = sound[begin + at] ?? 0));
    standardize(samples);
  }
  const x = { data: frames, shape: [numFrames, frameLength], dtype: "f32" } as const;
  const answers = await (await net.predict(x, { batchSize, verbose: 0 })).data();
  const found = Array.from({ length: numFrames }, (_, frame) => answerOf(answers, frame * numBins));
  return {
    time: Float64Array.from(found, (_, frame) => (frame * step) / rate),
    frequency: Float64Array.from(found, ({ cents }) => 10 * 2 ** (cents / 1200)),
    confidence: Float64Array.from(found, ({ confidence }) => confidence),
  };
}

/** Mean 0 and standard deviation 1, in place; silence stays. */
function standardize(samples: Float32Array): void {
  const mean = samples.reduce((sum, one) => sum + one, 0) / samples.length;
  const squares = samples.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const deviation = Math.max(1e-10, Math.sqrt(squares / (samples.length - 1)));
  samples.forEach((one, at) => (samples[at] = (one - mean) / deviation));
}

/** The mean of nine pitches around the likeliest, each weighted by its answer; in cents above 10 Hz. */
function answerOf(answers: ArrayLike<number>, begin: number): { readonly cents: number; readonly confidence: number } {
  let best = 0;
  for (let bin = 1; bin < numBins; bin += 1) {
    if ((answers[begin + bin] ?? 0) > (answers[begin + best] ?? 0)) best = bin;
  }
  let [sum, weights] = [0, 0];
  for (let bin = Math.max(0, best - 4); bin <= Math.min(numBins - 1, best + 4); bin += 1) {
    const weight = answers[begin + bin] ?? 0;
    sum += weight * (20 * bin + 1997.3794084376191); // cents of C1, 32.70 Hz
    weights += weight;
  }
  return { cents: sum / weights, confidence: answers[begin + best] ?? 0 };
}
