// sinter in Node, for the command line and for tests: the public names, and the few inner ones that the command line shares.

import "./install-node.ts";

export { messageOf } from "#engine/base/error.ts";
export { nearest } from "#engine/base/options.ts";
export { installPlatform, platform } from "#engine/platform/api.ts";
export type { LearningRateCurve } from "#learning/train/find-learning-rate.ts";
export { optimizerNames } from "#learning/optim/optimizers.ts";
export * from "./main.ts";
