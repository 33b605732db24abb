// One call of an operation: its arguments, of which some are values of the network and others stand in the file.

import type { DType } from "#engine/base/dtype.ts";
import { SinterError } from "#engine/base/error.ts";
import type { ConfigValue } from "#engine/base/options.ts";
import { full, tensor, type NestedArray } from "#engine/tensor/create.ts";
import type { Tensor, TensorLike } from "#engine/tensor/tensor.ts";

type Fields = { readonly [name: string]: ConfigValue };

/**
 * What an operation was told. In arguments an input is `{ kind: "input", place }`, a constant array
 * `{ kind: "constant", dtype, values }`; an index may be `{ kind: "slice", start, stop, step }` or `{ kind: "ellipsis" }`.
 */
export interface OperationRule {
  /** Keras's class, `GetItem`. */
  readonly operation: string;
  readonly arguments: readonly ConfigValue[];
  readonly namedArguments: Fields;
  /** Options of the operation itself. */
  readonly parameters: Fields;
}

/** Dtypes by Keras's names; whole numbers are i32, floats f32. */
export function dtypeNamed(name: ConfigValue): DType {
  if (name === "bool" || name === "uint8") return name === "bool" ? "bool" : "u8";
  return typeof name === "string" && /int/u.test(name) ? "i32" : "f32";
}

export class OperationCall {
  readonly label: string;
  readonly #rule: OperationRule;
  readonly #inputs: readonly Tensor[];

  constructor(label: string, rule: OperationRule, inputs: readonly Tensor[]) {
    this.label = label;
    this.#rule = rule;
    this.#inputs = inputs;
  }

  /** The argument at a place, or the option of that name; undefined where it is left out. */
  value(name: string, place?: number): ConfigValue {
    const { arguments: given, namedArguments, parameters } = this.#rule;
    return (place === undefined ? undefined : given[place]) ?? own(namedArguments, name) ?? own(parameters, name);
  }

  number(name: string, standard?: number, place?: number): number {
    const value = this.value(name, place) ?? standard;
    return typeof value === "number" ? value : this.reject(name, value);
  }

  flag(name: string): boolean {
    return this.value(name) === true;
  }

  /** One number or a list of them; undefined where it is left out. */
  numbers(name: string, place?: number): readonly number[] | undefined {
    const value = this.value(name, place) ?? undefined;
    if (value === undefined) return undefined;
    const list: readonly ConfigValue[] = isList(value) ? value : [value];
    const numbers = list.filter((one) => typeof one === "number");
    return numbers.length === list.length ? numbers : this.reject(name, value);
  }

  /** A tensor, or a number of the file. */
  operand(place: number, name = `x${place + 1}`): TensorLike {
    return this.#operandOf(name, this.value(name, place));
  }

  tensor(place: number, name = "x"): Tensor {
    const operand = this.operand(place, name);
    return typeof operand === "number" ? full([], operand, { dtype: wholeOr(operand) }) : operand;
  }

  /** All tensors of a list, or the tensors that stand at this place and after it. */
  tensors(place: number, name = "x"): Tensor[] {
    const value = this.value(name, place);
    const list = isList(value) ? value : this.#rule.arguments.slice(place);
    return list.map((one) => {
      const operand = this.#operandOf(name, one);
      return typeof operand === "number" ? full([], operand, { dtype: wholeOr(operand) }) : operand;
    });
  }

  /** @throws option naming the operation and what it was told */
  reject(name: string, value: ConfigValue): never {
    const shown = JSON.stringify(value)?.slice(0, 80) ?? "left out";
    throw new SinterError(
      "option",
      `${this.label}: ${this.#rule.operation} with ${name} ${shown} is not computed here. Write that part of the model with layers.`,
      { operation: this.#rule.operation, name },
    );
  }

  #operandOf(name: string, value: ConfigValue): TensorLike {
    if (typeof value === "number") return value;
    if (typeof value === "boolean") return Number(value);
    const { kind, place, values, dtype } = isObject(value) ? value : {};
    const input = kind === "input" && typeof place === "number" ? this.#inputs[place] : undefined;
    if (input !== undefined) return input;
    if (kind === "constant" || isList(value)) {
      const nested = kind === "constant" ? values : value;
      if (isNested(nested)) return tensor(nested, { dtype: kind === "constant" ? dtypeNamed(dtype) : "f32" });
    }
    return this.reject(name, value);
  }
}

function own(fields: Fields, name: string): ConfigValue {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A number of the file is whole where it is so: JSON does not tell 2 from 2.0. */
export function wholeOr(value: number): DType {
  return Number.isInteger(value) ? "i32" : "f32";
}

export function isList(value: ConfigValue): value is readonly ConfigValue[] {
  return Array.isArray(value);
}

export function isObject(value: ConfigValue): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNested(value: ConfigValue): value is number | boolean | readonly NestedArray[] {
  if (isList(value)) return value.every(isNested);
  return typeof value === "number" || typeof value === "boolean";
}
