// Which of the known models are measured, in all contestants: protocol.py repeats this list.
/** By name and batch. */
export const cases = {
  "models-infer": [
    ["mobilenet-v2", 1],
    ["mobilenet-v2", 8],
    ["resnet-50", 1],
    ["resnet-50", 8],
    ["vgg-16", 1],
    ["vgg-16", 8],
    ["transformer", 8],
  ],
  "models-train": [
    ["mobilenet-v2", 8],
    ["resnet-50", 8],
    ["transformer", 8],
    ["mlp", 32],
  ],
};
