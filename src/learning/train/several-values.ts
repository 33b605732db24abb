// What users hand in for the inputs or outputs of a model, one or several: laid out in the model's order.

import { SinterError } from "#engine/base/error.ts";
import { choice } from "#engine/base/options.ts";
import { isTensor, type Tensor } from "#engine/tensor/tensor.ts";
import type { ArrayInput, NestedNumbers } from "#learning/data/array-values.ts";
import type { HostArray } from "#engine/base/dtype.ts";
import type { HostTensor } from "#learning/data/dataset.ts";

/** Values for many samples: tensors, typed or nested arrays. */
export type Values = Tensor | ArrayInput;

/** Values of several inputs or outputs: in the model's order, or by the names of their layers. */
export type SeveralValues = readonly Values[] | Readonly<Record<string, Values>>;

/** Names of a model's inputs, and of the outputs that have labels; undefined while they are not known. */
export interface EndNames {
  readonly inputs: readonly (string | undefined)[];
  readonly targets: readonly (string | undefined)[];
}

/**
 * One value for each name. Of one name anything but a record, or a list of one tensor, is the value itself.
 * @param what the argument, for errors
 * @throws option for other names, or another number of values
 */
export function inOrder(
  given: Values | SeveralValues,
  names: readonly (string | undefined)[],
  what: "x" | "y" | "sampleWeight",
): readonly Values[] {
  if (isTensorOrTyped(given)) return checkCount([given], names, what);
  if (isList(given)) {
    if (names.length === 1 && isNested(given)) return [given];
    return checkCount(
      [...given].flatMap((one) => (typeof one === "number" ? [] : [one])),
      names,
      what,
    );
  }
  const known = names.flatMap((name) => name ?? []);
  if (known.length < names.length) return checkCount(Object.values(given), names, what);
  for (const name of Object.keys(given)) choice("model", `${what} named`, name, known);
  const values = known.flatMap((name) => {
    const value = given[name];
    return value === undefined ? [] : [value]; // a value may itself be a list
  });
  return checkCount(values, names, what);
}

/** Whether it is one value, of every output, and not one for each. */
export function isForAll(given: Values | SeveralValues): given is Values {
  if (isTensorOrTyped(given)) return true;
  return isList(given) && isNested(given) && given.every((one) => typeof one === "number");
}

function isTensorOrTyped(given: Values | SeveralValues): given is Tensor | HostTensor | HostArray {
  return isTensor(given) || ArrayBuffer.isView(given) || ("data" in given && "shape" in given);
}

function isList(given: NestedNumbers | SeveralValues): given is NestedNumbers | readonly Values[] {
  return Array.isArray(given);
}

function isNested(given: NestedNumbers | readonly Values[]): given is NestedNumbers {
  return [...given].every((one) => typeof one === "number" || Array.isArray(one));
}

function checkCount(
  values: readonly Values[],
  names: readonly (string | undefined)[],
  what: string,
): readonly Values[] {
  if (values.length === names.length) return values;
  const isSource = what === "x";
  const ends = `${names.length} ${isSource ? "inputs" : "outputs with labels"}`;
  const known = names.flatMap((name) => name ?? []).join(", ");
  throw new SinterError(
    "option",
    `${what}: ${values.length} values came, the model has ${ends}${known === "" ? "" : ` (${known})`}. ` +
      "Give one for each, as a list in this order or by name.",
    { count: values.length, names },
  );
}
