// Augmentation as users name it: a preset, an object, a file's JSON. Checks every value and says what is allowed.

import { SinterError } from "#engine/base/error.ts";
import type { AugmentOptions, FillMode } from "#learning/data/augment.ts";
import type { RandomErasingOptions } from "#learning/data/erase.ts";
import type { CutMixOptions, MixUpOptions } from "#learning/data/mix.ts";
import { maxOperations, type RandAugmentOptions } from "#learning/data/rand-augment.ts";

/** Names of ready sets of options. */
export type AugmentPreset = "none" | "light" | "standard";

const presets: Readonly<Record<AugmentPreset, AugmentOptions | undefined>> = {
  none: undefined,
  light: { rotationRange: 10, widthShiftRange: 0.1, heightShiftRange: 0.1, zoomRange: 0.1, fillMode: "nearest" },
  standard: {
    rotationRange: 40,
    widthShiftRange: 0.2,
    heightShiftRange: 0.2,
    shearRange: 0.2,
    zoomRange: 0.2,
    horizontalFlip: true,
    fillMode: "nearest",
  },
};

const fillModes: readonly FillMode[] = ["nearest", "constant", "reflect", "wrap"];

type Check = (value: unknown) => boolean;

const isNumberFrom = (low: number, high: number): Check => {
  return (value) => typeof value === "number" && value >= low && value <= high;
};
const isListFrom = (low: number, high: number): Check => {
  return (value) => Array.isArray(value) && value.length > 0 && value.every(isNumberFrom(low, high));
};
const isPairWithin = (low: number, high: number): ((value: unknown) => value is readonly [number, number]) => {
  return (value): value is readonly [number, number] =>
    Array.isArray(value) && value.length === 2 && value.every(isNumberFrom(low, high)) && value[0] <= value[1];
};
const isBoolean: Check = (value) => typeof value === "boolean";
const isShift: Check = (value) => isNumberFrom(0, 1e6)(value) || isListFrom(-1e6, 1e6)(value);

/** What a value must be, or the options of an object. */
type Rule =
  | { readonly check: Check; readonly expected: string }
  | { readonly options: Readonly<Record<string, Rule>>; readonly example: string };

const share: Rule = {
  check: (value) => isNumberFrom(0, 1)(value) || isPairWithin(0, 1)(value),
  expected: "a number from 0 to 1, or two [low, high]",
};

const mixupRules: Readonly<Record<keyof MixUpOptions, Rule>> = {
  alpha: { check: (value) => isNumberFrom(1e-6, 100)(value), expected: "a number above 0, as 0.2" },
};
const cutmixRules: Readonly<Record<keyof CutMixOptions, Rule>> = { factor: share };
const erasingRules: Readonly<Record<keyof RandomErasingOptions, Rule>> = {
  factor: share,
  scale: share,
  fillValue: {
    check: (value) => value === null || isNumberFrom(0, 255)(value) || isListFrom(0, 255)(value),
    expected: "a value from 0 to 255, one a channel, or null for noise",
  },
};
const randAugmentRules: Readonly<Record<keyof RandAugmentOptions, Rule>> = {
  valueRange: {
    check: (value) => isPairWithin(-1e6, 1e6)(value) && value[0] < value[1],
    expected: "two numbers [low, high], as [0, 255]",
  },
  numOps: {
    check: (value) => Number.isInteger(value) && isNumberFrom(1, maxOperations)(value),
    expected: `a whole number from 1 to ${maxOperations}`,
  },
  factor: share,
};

const rules: Readonly<Record<keyof AugmentOptions, Rule>> = {
  rotationRange: { check: isNumberFrom(0, 360), expected: "degrees from 0 to 360" },
  widthShiftRange: { check: isShift, expected: "a share below 1, pixels from 1 on, or a list" },
  heightShiftRange: { check: isShift, expected: "a share below 1, pixels from 1 on, or a list" },
  shearRange: { check: isNumberFrom(0, 89), expected: "degrees from 0 to 89" },
  zoomRange: {
    check: (value) => isNumberFrom(0, 0.99)(value) || isPairWithin(0.01, 1e6)(value),
    expected: "a share from 0 to 0.99, or two factors [low, high] above 0",
  },
  channelShiftRange: { check: isNumberFrom(0, 255), expected: "0 to 255" },
  brightnessRange: { check: isPairWithin(0, 1e6), expected: "two factors [low, high] from 0 on" },
  horizontalFlip: { check: isBoolean, expected: "true or false" },
  verticalFlip: { check: isBoolean, expected: "true or false" },
  fillMode: { check: (value) => fillModes.some((mode) => mode === value), expected: `one of ${fillModes.join(", ")}` },
  cval: { check: isNumberFrom(0, 255), expected: "0 to 255" },
  randAugment: { options: randAugmentRules, example: "{ numOps: 2, factor: 0.5 }" },
  randomErasing: { options: erasingRules, example: "{ factor: 1, scale: [0.02, 0.33] }" },
  mixup: { options: mixupRules, example: "{ alpha: 0.2 }" },
  cutmix: { options: cutmixRules, example: "{ factor: 1 }" },
};

/**
 * The options that a preset or an object means; undefined for "none" and for nothing.
 * @throws option for an unknown name or a value out of range
 */
export function resolveAugment(augment: unknown, name = "augment"): AugmentOptions | undefined {
  if (augment === undefined || augment === null) return undefined;
  if (isPreset(augment)) return presets[augment];
  if (typeof augment !== "object" || Array.isArray(augment)) {
    throw new SinterError(
      "option",
      `${name}: augment is ${JSON.stringify(augment)}. Use "none", "light", "standard", or an object of options.`,
      { augment },
    );
  }
  checkAugment(augment, name);
  return augment;
}

function checkAugment(augment: object, name: string): asserts augment is AugmentOptions {
  checkOptions(augment, rules, name, "augment");
}

/** @param path the object's name in messages, as "augment.mixup" */
function checkOptions(options: object, allowed: Readonly<Record<string, Rule>>, name: string, path: string): void {
  for (const [option, value] of Object.entries(options)) {
    const rule = Object.entries(allowed).find(([known]) => known === option)?.[1];
    if (rule === undefined) throw unknownOption(option, allowed, name, path);
    if (value !== undefined) checkValue(value, rule, name, `${path}.${option}`);
  }
}

function checkValue(value: unknown, rule: Rule, name: string, path: string): void {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if ("options" in rule && isObject) return checkOptions(value, rule.options, name, path);
  if ("check" in rule && rule.check(value)) return;
  const expected = "check" in rule ? rule.expected : `an object of options, as ${rule.example}`;
  throw new SinterError("option", `${name}: ${path} is ${JSON.stringify(value)}, expected ${expected}.`, {
    option: path,
    value,
  });
}

function unknownOption(option: string, allowed: object, name: string, path: string): SinterError {
  const camelCase = option.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const wayOut = camelCase in allowed ? `Write ${camelCase}.` : `Use ${Object.keys(allowed).join(", ")}.`;
  return new SinterError("option", `${name}: ${path} has no option "${option}". ${wayOut}`, { option });
}

function isPreset(value: unknown): value is AugmentPreset {
  return typeof value === "string" && Object.hasOwn(presets, value);
}
