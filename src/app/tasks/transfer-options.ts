// The options of a training that stands on a known network's weights.

import { SinterError } from "#engine/base/error.ts";
import { choice, integer, numberWithin } from "#engine/base/options.ts";
import { pictureNetworkNames } from "#learning/zoo/picture-networks.ts";
import { modelNames } from "./image-model.ts";
import { isPictureNetwork } from "./known-network.ts";

export interface TransferOptions {
  /**
   * The file of a known network's weights: the model then stands on them. First the head is trained, for `epochs` (100 by
   * default), on features of the frozen base that are computed once; then, where asked for, base and head together.
   */
  readonly weights?: string | undefined;
  /** Layers of the base that are never trained: "all" (default), "none", or so many of the first, the input counted. */
  readonly freeze?: "all" | "none" | number | undefined;
  /** Epochs of base and head together; 5 where not all layers stay frozen. */
  readonly fineTuneEpochs?: number | undefined;
  /** Their learning rate; 1e-5. */
  readonly fineTuneRate?: number | undefined;
  /** How often features of augmented pictures are computed, each time of others; 4. */
  readonly variants?: number | undefined;
}

/** The same with every default filled in. */
export interface TransferPlan {
  readonly weights: string;
  readonly freeze: "all" | "none" | number;
  readonly fineTuneEpochs: number;
  readonly fineTuneRate: number;
  readonly variants: number;
}

/** Names of the options. */
export const transferNames = ["weights", "freeze", "fineTuneEpochs", "fineTuneRate", "variants"] as const;

/** The plan, where the model stands on weights. @throws option where the options do not go together */
export function transferOf(where: string, model: unknown, options: TransferOptions): TransferPlan | undefined {
  const { weights, fineTuneRate = 1e-5, variants = 4 } = options;
  const given = transferNames.filter((name) => options[name] !== undefined);
  if (given.length === 0) return undefined;
  if (typeof model === "string") choice(where, "model", model, modelNames);
  if (!isPictureNetwork(model) || weights === undefined) {
    const wayOut = isPictureNetwork(model)
      ? "Name the file of its weights: weights."
      : `Name one as the model: ${pictureNetworkNames.join(", ")}.`;
    throw new SinterError("option", `${where}: ${given.join(", ")} is for known networks with weights. ${wayOut}`, {
      given,
    });
  }
  const freeze = options.freeze ?? ((options.fineTuneEpochs ?? 0) > 0 ? "none" : "all");
  if (typeof freeze === "number") integer(where, "freeze", freeze, 0);
  const fineTuneEpochs = integer(where, "fineTuneEpochs", options.fineTuneEpochs ?? (freeze === "all" ? 0 : 5), 0);
  if (freeze === "all" && fineTuneEpochs > 0) {
    throw new SinterError(
      "option",
      `${where}: freeze "all" leaves nothing for ${fineTuneEpochs} epochs of fine-tuning. Give "none", or how many layers stay frozen.`,
      { freeze, fineTuneEpochs },
    );
  }
  return {
    weights,
    freeze,
    fineTuneEpochs,
    fineTuneRate: numberWithin(where, "fineTuneRate", fineTuneRate, 0),
    variants: integer(where, "variants", variants),
  };
}
