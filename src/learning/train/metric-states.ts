// The running state of a pass over data: zeros at first, numbers when read.

import { hostArray, type DType, type HostArray } from "#engine/base/dtype.ts";
import { sizeOf, type Shape } from "#engine/base/shape.ts";
import { tensor } from "#engine/tensor/create.ts";
import type { Tensor } from "#engine/tensor/tensor.ts";
import type { BoundMetric } from "./metrics.ts";
import type { MetricStates } from "./step.ts";

/** Loss and metrics by name, as callbacks and History have them. */
export type Logs = Readonly<Record<string, number>>;

/** What is counted on the device and logged: a metric, or the loss of one output. */
export type LoggedNumber = Pick<BoundMetric, "name" | "state" | "result">;

/** Zeros for the loss and all that is logged beside it. */
export function initialStates(logged: readonly LoggedNumber[]): MetricStates {
  return {
    loss: { sum: uploadedZeros([], "f32"), count: uploadedZeros([], "i32") },
    ...Object.fromEntries(
      logged.map(({ name, state }) => [
        name,
        Object.fromEntries(
          Object.entries(state).map(([part, { shape, dtype }]) => [part, uploadedZeros(shape, dtype)]),
        ),
      ]),
    ),
  };
}

/** Copied to the device, since `zeros` would run a program for each. */
function uploadedZeros(shape: Shape, dtype: DType): Tensor {
  return tensor(hostArray(dtype, sizeOf(shape)), { shape, dtype });
}

/** The numbers that states stand for: reads the device, in the order of its calls. */
export async function readLogs(logged: readonly LoggedNumber[], states: MetricStates): Promise<Logs> {
  const read = async (name: string): Promise<Readonly<Record<string, HostArray>>> => {
    const entries = Object.entries(states[name] ?? {});
    const values = await Promise.all(entries.map(async ([part, tensor]) => [part, await tensor.data()] as const));
    return Object.fromEntries(values);
  };
  const [loss, ...others] = await Promise.all([read("loss"), ...logged.map(({ name }) => read(name))]);
  const count = loss?.["count"]?.[0] ?? 0;
  const numbers = logged.map((one, index) => one.result(others[index] ?? {}));
  return Object.assign({ loss: count === 0 ? 0 : (loss?.["sum"]?.[0] ?? 0) / count }, ...numbers);
}
