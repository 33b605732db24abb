// Samples of the preprocessing layers for the laws of layers.test.ts.

import { layers } from "#learning/nn/layers.ts";
import type { Sample } from "./layer-samples.ts";

const picture = [6, 7, 3];
/** As the laws' inputs lie. */
const valueRange = [-1, 1] as const;

function each(input: readonly number[], makers: readonly Sample["make"][]): Sample[] {
  return makers.map((make) => ({ make, input }));
}

/** Layers that change their input by chance, or at all, when training alone: of them no single step need lower a loss. */
export const trainingOnly: ReadonlySet<string> = new Set([
  "dropout",
  "equalization",
  "solarization",
  "randAugment",
  "augMix",
  ...Object.keys(layers).filter((kind) => kind.startsWith("random")),
]);

/** The layers that this file has samples of. */
type Kind =
  | "categoryEncoding"
  | "discretization"
  | "integerLookup"
  | "hashing"
  | "hashedCrossing"
  | "preprocessInput"
  | "resizing"
  | "centerCrop"
  | "autoContrast"
  | "contrastLimitedAdaptiveHistogramEqualization"
  | "equalization"
  | "solarization"
  | "randomFlip"
  | "randomRotation"
  | "randomZoom"
  | "randomTranslation"
  | "randomShear"
  | "randomPerspective"
  | "randomElasticTransform"
  | "randomCrop"
  | "randomBrightness"
  | "randomContrast"
  | "randomSharpness"
  | "randomGaussianBlur"
  | "randomSaturation"
  | "randomHue"
  | "randomColorDegeneration"
  | "randomColorJitter"
  | "randomGrayscale"
  | "randomInvert"
  | "randomPosterization"
  | "randomErasing"
  | "randAugment"
  | "augMix";

export const preprocessingSamples: Readonly<Record<Kind, readonly Sample[]>> = {
  categoryEncoding: [
    ...each([4], [(inputShape) => layers.categoryEncoding({ numTokens: 3, inputShape })]),
    ...each([2, 4], [(inputShape) => layers.categoryEncoding({ numTokens: 3, outputMode: "oneHot", inputShape })]),
    { make: () => layers.categoryEncoding({ numTokens: 2, outputMode: "count" }), input: [4], others: [[4]] },
  ],
  discretization: [
    ...each(picture, [(inputShape) => layers.discretization({ binBoundaries: [-0.5, 0, 0.25], inputShape })]),
    ...each([5], [(inputShape) => layers.discretization({ binBoundaries: [0, 0.5], outputMode: "count", inputShape })]),
  ],
  integerLookup: each(
    [5],
    [
      (inputShape) => layers.integerLookup({ vocabulary: [3, 0, -1], numOovIndices: 2, inputShape }),
      (inputShape) =>
        layers.integerLookup({ vocabulary: [0, 7], outputMode: "tfIdf", idfWeights: [0.5, 2], inputShape }),
      (inputShape) => layers.integerLookup({ vocabulary: [2, 7], invert: true, maskToken: 1, inputShape }),
    ],
  ),
  hashing: each(
    [5],
    [
      (inputShape) => layers.hashing({ numBins: 4, maskValue: 2, inputShape }),
      (inputShape) => layers.hashing({ numBins: 4, salt: [1, 2], outputMode: "multiHot", inputShape }),
    ],
  ),
  hashedCrossing: [
    { make: () => layers.hashedCrossing({ numBins: 4 }), input: [1], others: [[1]] },
    { make: () => layers.hashedCrossing({ numBins: 4, outputMode: "oneHot" }), input: [1], others: [[1], [1]] },
  ],
  resizing: each(picture, [
    (inputShape) => layers.resizing({ height: 4, width: 9, inputShape }),
    (inputShape) => layers.resizing({ height: 9, width: 3, interpolation: "lanczos3", antialias: true, inputShape }),
    (inputShape) => layers.resizing({ height: 4, width: 4, padToAspectRatio: true, fillValue: 2, inputShape }),
  ]),
  preprocessInput: each(picture, [
    (inputShape) => layers.preprocessInput({ mode: "tf", inputShape }),
    (inputShape) => layers.preprocessInput({ mode: "torch", inputShape }),
    // The means that "caffe" takes off are a hundred times the laws' inputs: see test/learning/zoo.test.ts.
    (inputShape) => layers.preprocessInput({ mode: "none", inputShape }),
  ]),
  centerCrop: each(picture, [
    (inputShape) => layers.centerCrop({ height: 3, width: 4, inputShape }),
    (inputShape) => layers.centerCrop({ height: 8, width: 4, inputShape }),
  ]),
  autoContrast: each(picture, [(inputShape) => layers.autoContrast({ valueRange, inputShape })]),
  contrastLimitedAdaptiveHistogramEqualization: each(picture, [
    (inputShape) => layers.contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: 2, valueRange, inputShape }),
  ]),
  equalization: each(picture, [
    (inputShape) => layers.equalization({ valueRange, inputShape }),
    (inputShape) => layers.equalization({ valueRange, bins: 10, inputShape }),
  ]),
  solarization: each(picture, [
    (inputShape) => layers.solarization({ additionFactor: 0.3, thresholdFactor: [0.2, 0.5], valueRange, inputShape }),
  ]),
  randomFlip: each(picture, [
    (inputShape) => layers.randomFlip({ inputShape }),
    (inputShape) => layers.randomFlip({ mode: "vertical", seed: 5, inputShape }),
  ]),
  randomRotation: each(picture, [
    (inputShape) => layers.randomRotation({ factor: 0.2, inputShape }),
    (inputShape) => layers.randomRotation({ factor: [0.1, 0.3], fillMode: "constant", fillValue: 0.5, inputShape }),
  ]),
  randomZoom: each(picture, [
    (inputShape) => layers.randomZoom({ heightFactor: 0.3, inputShape }),
    (inputShape) => layers.randomZoom({ heightFactor: 0.3, widthFactor: [0.1, 0.4], fillMode: "wrap", inputShape }),
  ]),
  randomTranslation: each(picture, [
    (inputShape) => layers.randomTranslation({ heightFactor: 0.3, widthFactor: 0.2, fillMode: "nearest", inputShape }),
  ]),
  randomShear: each(picture, [(inputShape) => layers.randomShear({ xFactor: 0.3, yFactor: [0.1, 0.2], inputShape })]),
  randomElasticTransform: each(
    [22, 24, 1],
    [(inputShape) => layers.randomElasticTransform({ factor: [1, 1], scale: [0.5, 1], valueRange, inputShape })],
  ),
  randomPerspective: each(picture, [(inputShape) => layers.randomPerspective({ scale: 0.5, inputShape })]),
  randomCrop: each(picture, [
    (inputShape) => layers.randomCrop({ height: 4, width: 5, inputShape }),
    (inputShape) => layers.randomCrop({ height: 7, width: 5, inputShape }),
  ]),
  randomBrightness: each(picture, [
    (inputShape) => layers.randomBrightness({ factor: 0.3, valueRange, seed: 1, inputShape }),
  ]),
  randomContrast: each(picture, [
    (inputShape) => layers.randomContrast({ factor: [0.1, 0.4], valueRange, inputShape }),
  ]),
  randomSharpness: each(picture, [(inputShape) => layers.randomSharpness({ factor: 0.5, valueRange, inputShape })]),
  randomGaussianBlur: each(picture, [
    (inputShape) => layers.randomGaussianBlur({ kernelSize: 3, sigma: [0.5, 1], valueRange, inputShape }),
  ]),
  randomSaturation: each(picture, [(inputShape) => layers.randomSaturation({ factor: [0.3, 0.7], inputShape })]),
  randomHue: each(picture, [(inputShape) => layers.randomHue({ factor: 0.3, valueRange, inputShape })]),
  randomColorDegeneration: each(picture, [
    (inputShape) => layers.randomColorDegeneration({ factor: 0.5, valueRange, inputShape }),
  ]),
  randomColorJitter: each(picture, [
    (inputShape) => layers.randomColorJitter({ brightnessFactor: 0.2, contrastFactor: 0.3, valueRange, inputShape }),
    (inputShape) => layers.randomColorJitter({ saturationFactor: 0.2, hueFactor: [0.1, 0.2], valueRange, inputShape }),
  ]),
  randomGrayscale: each(picture, [(inputShape) => layers.randomGrayscale({ inputShape })]),
  randomInvert: each(picture, [(inputShape) => layers.randomInvert({ factor: [0.5, 1], valueRange, inputShape })]),
  randomPosterization: each(picture, [
    (inputShape) => layers.randomPosterization({ factor: [2, 6], valueRange, inputShape }),
  ]),
  randomErasing: each(picture, [
    (inputShape) => layers.randomErasing({ factor: [1, 1], valueRange, inputShape }),
    (inputShape) => layers.randomErasing({ scale: 0.2, fillValue: [0, 0.5, 1], valueRange, inputShape }),
  ]),
  randAugment: each(picture, [(inputShape) => layers.randAugment({ valueRange, inputShape })]),
  augMix: each(picture, [
    (inputShape) => layers.augMix({ numChains: 2, chainDepth: 1, alpha: 0.7, allOps: false, valueRange, inputShape }),
  ]),
};
