// sinter: the whole program of docs/guide/seed.md from JPEG files; epochs after the first, validation included.
import { callbacks, imageFolder } from "sinter";
import { emit, median } from "../protocol.mjs";
import { seedCnn, start } from "./model.mjs";

const { options, name, versions } = await start();
const shared = { imageSize: [150, 150], batchSize: options.batch, labelMode: "binary", rescale: 1 / 255 };
const train = await imageFolder(`${options.data}/train`, {
  ...shared,
  seed: 7,
  augment: {
    rotationRange: 40,
    widthShiftRange: 0.2,
    heightShiftRange: 0.2,
    shearRange: 0.2,
    zoomRange: 0.2,
    horizontalFlip: true,
    fillMode: "nearest",
  },
});
const validation = await imageFolder(`${options.data}/test`, { ...shared, shuffle: false });

const model = seedCnn();
model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
const trainImages = train.files.length;
const perImage = [];
let begin = 0;
const clock = callbacks.lambda({
  onEpochBegin: () => {
    begin = performance.now();
  },
  onEpochEnd: () => {
    perImage.push((performance.now() - begin) / trainImages);
  },
});
const { history } = await model.fit(train, {
  epochs: 1 + options.repeats,
  validationData: validation,
  callbacks: [clock],
  verbose: 0,
});
const repeats = perImage.slice(1);
emit({
  name,
  work: options.work,
  msPerImage: median(repeats),
  repeats,
  firstEpochMsPerImage: perImage[0],
  trainImages,
  lastValAccuracy: history.valAccuracy?.at(-1),
  versions,
});
process.exit(0);
