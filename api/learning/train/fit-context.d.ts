import type { TextOutput } from "../../engine/platform/api.js";
import type { FitContext } from "./callbacks/callback.js";
import type { Checkpoints } from "./checkpoint.js";
import { type KeptRun, type KeptStep } from "./kept-step.js";
import type { Model } from "./model.js";
import { type Verbose } from "./progress.js";
export interface RunProgress {
  isStopAsked: boolean;
  numSamples: number;
  numSteps: number;
  last: KeptStep | undefined;
  isWarned: boolean;
}
interface ContextRun extends KeptRun {
  readonly checkpoints: Checkpoints | undefined;
  readonly model: Model;
  readonly options: {
    readonly verbose?: Verbose;
    readonly output?: TextOutput | undefined;
  };
}
export declare function fitContext(
  run: ContextRun,
  progress: RunProgress,
  extent: Pick<FitContext, "epochs" | "steps">,
): FitContext;
export {};
