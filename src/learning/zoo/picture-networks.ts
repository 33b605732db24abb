// The known picture classifiers by the names of their functions.

import { convNeXtBase, convNeXtLarge, convNeXtSmall, convNeXtTiny, convNeXtXLarge } from "./convnext.ts";
import { denseNet121, denseNet169, denseNet201 } from "./densenet.ts";
import {
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
  efficientNetLite0,
} from "./efficientnet.ts";
import { inceptionV3 } from "./inception-v3.ts";
import { mobileNetV2 } from "./mobilenet-v2.ts";
import { mobileNetV3Large, mobileNetV3Small } from "./mobilenet-v3.ts";
import { mobileNet } from "./mobilenet.ts";
import type { PictureNetwork } from "./picture-network.ts";
import { resnet50V2, resnet101V2, resnet152V2 } from "./resnet-v2.ts";
import { resnet18, resnet34, resnet50, resnet101, resnet152 } from "./resnet.ts";
import { squeezeNet } from "./squeezenet.ts";
import { vgg16, vgg19 } from "./vgg.ts";
import { xception } from "./xception.ts";

/** Names of the known picture classifiers. */
export const pictureNetworkNames = [
  "vgg16",
  "vgg19",
  "resnet18",
  "resnet34",
  "resnet50",
  "resnet101",
  "resnet152",
  "resnet50V2",
  "resnet101V2",
  "resnet152V2",
  "mobileNet",
  "mobileNetV2",
  "mobileNetV3Small",
  "mobileNetV3Large",
  "efficientNetB0",
  "efficientNetB1",
  "efficientNetB2",
  "efficientNetB3",
  "efficientNetB4",
  "efficientNetB5",
  "efficientNetB6",
  "efficientNetB7",
  "efficientNetLite0",
  "convNeXtTiny",
  "convNeXtSmall",
  "convNeXtBase",
  "convNeXtLarge",
  "convNeXtXLarge",
  "denseNet121",
  "denseNet169",
  "denseNet201",
  "squeezeNet",
  "xception",
  "inceptionV3",
] as const;
export type PictureNetworkName = (typeof pictureNetworkNames)[number];

/** Each by its name. */
export const pictureNetworks: Readonly<Record<PictureNetworkName, PictureNetwork>> = {
  vgg16,
  vgg19,
  resnet18,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnet50V2,
  resnet101V2,
  resnet152V2,
  mobileNet,
  mobileNetV2,
  mobileNetV3Small,
  mobileNetV3Large,
  efficientNetB0,
  efficientNetB1,
  efficientNetB2,
  efficientNetB3,
  efficientNetB4,
  efficientNetB5,
  efficientNetB6,
  efficientNetB7,
  efficientNetLite0,
  convNeXtTiny,
  convNeXtSmall,
  convNeXtBase,
  convNeXtLarge,
  convNeXtXLarge,
  denseNet121,
  denseNet169,
  denseNet201,
  squeezeNet,
  xception,
  inceptionV3,
};
