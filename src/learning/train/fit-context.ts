// What callbacks see and may do of a run of fit. Makes no step itself.

import { SinterError } from "#engine/base/error.ts";
import type { TextOutput } from "#engine/platform/api.ts";
import type { FitContext } from "./callbacks/callback.ts";
import type { Checkpoints } from "./checkpoint.ts";
import { gradientSource, type KeptRun, type KeptStep } from "./kept-step.ts";
import { compiledOf } from "./model-core.ts";
import type { Model } from "./model.ts";
import { directionsOf } from "./objectives.ts";
import { outputOf, type Verbose } from "./progress.ts";

/** What changes while fit runs. */
export interface RunProgress {
  isStopAsked: boolean;
  /** Samples of this epoch whose steps are done. */
  numSamples: number;
  /** Steps of this epoch made. */
  numSteps: number;
  /** The last step made. */
  last: KeptStep | undefined;
  /** Whether a loss that was not finite was told. */
  isWarned: boolean;
}

interface ContextRun extends KeptRun {
  readonly checkpoints: Checkpoints | undefined;
  readonly model: Model;
  readonly options: { readonly verbose?: Verbose; readonly output?: TextOutput | undefined };
}

/** What callbacks see of a run. */
export function fitContext(
  run: ContextRun,
  progress: RunProgress,
  extent: Pick<FitContext, "epochs" | "steps">,
): FitContext {
  const { core, dataset, options, model, checkpoints } = run;
  const directions = directionsOf(compiledOf(core, "fit").objectives, core.network.outputTypes);
  let differentiate: ReturnType<typeof gradientSource> | undefined;
  return {
    model,
    ...extent,
    batchSize: dataset.batchSize,
    get numSamples() {
      return progress.numSamples;
    },
    stop: () => {
      progress.isStopAsked = true;
    },
    directionOf: (name) => {
      const own = name.startsWith("val") ? name.slice(3) : name;
      const plain = own.charAt(0).toLowerCase() + own.slice(1);
      const known = [name, own, plain, plain.replace(/_\d+$/, "")].find((one) => directions.has(one));
      return known === undefined ? undefined : directions.get(known);
    },
    say: (line) => {
      if ((options.verbose ?? 1) > 0) outputOf(options)?.write(`${line}\n`);
    },
    gradients: () => {
      if (progress.last === undefined) {
        return Promise.reject(new SinterError("state", "gradients: no step was made yet. Ask after the first."));
      }
      differentiate ??= gradientSource(run);
      return Promise.resolve(differentiate(progress.last));
    },
    weightsOfEpoch: (epoch) => Promise.resolve(checkpoints?.weightsOfEpoch(epoch)),
  };
}
