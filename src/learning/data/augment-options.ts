// Augmentation as users name it: a preset, an object, a file's JSON. Checks every value and says what is allowed.

import { SinterError } from "#engine/base/error.ts";
import type { AugmentOptions, FillMode } from "#learning/data/augment.ts";

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
const isPairFrom = (low: number): Check => {
  return (value) =>
    Array.isArray(value) && value.length === 2 && value.every(isNumberFrom(low, 1e6)) && value[0] <= value[1];
};
const isBoolean: Check = (value) => typeof value === "boolean";
const isShift: Check = (value) =>
  isNumberFrom(0, 1e6)(value) || (Array.isArray(value) && value.length > 0 && value.every(isNumberFrom(-1e6, 1e6)));

const rules: Readonly<Record<keyof AugmentOptions, { readonly check: Check; readonly expected: string }>> = {
  rotationRange: { check: isNumberFrom(0, 360), expected: "degrees from 0 to 360" },
  widthShiftRange: { check: isShift, expected: "a share below 1, pixels from 1 on, or a list" },
  heightShiftRange: { check: isShift, expected: "a share below 1, pixels from 1 on, or a list" },
  shearRange: { check: isNumberFrom(0, 89), expected: "degrees from 0 to 89" },
  zoomRange: {
    check: (value) => isNumberFrom(0, 0.99)(value) || isPairFrom(0.01)(value),
    expected: "a share from 0 to 0.99, or two factors [low, high] above 0",
  },
  channelShiftRange: { check: isNumberFrom(0, 255), expected: "0 to 255" },
  brightnessRange: { check: isPairFrom(0), expected: "two factors [low, high] from 0 on" },
  horizontalFlip: { check: isBoolean, expected: "true or false" },
  verticalFlip: { check: isBoolean, expected: "true or false" },
  fillMode: { check: (value) => fillModes.some((mode) => mode === value), expected: `one of ${fillModes.join(", ")}` },
  cval: { check: isNumberFrom(0, 255), expected: "0 to 255" },
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
  checkOptions(augment, name);
  return augment;
}

function checkOptions(augment: object, name: string): asserts augment is AugmentOptions {
  for (const [option, value] of Object.entries(augment)) {
    const rule = Object.entries(rules).find(([known]) => known === option)?.[1];
    if (rule === undefined) throw unknownOption(option, name);
    if (value !== undefined && !rule.check(value)) {
      throw new SinterError(
        "option",
        `${name}: augment.${option} is ${JSON.stringify(value)}, expected ${rule.expected}.`,
        { option, value },
      );
    }
  }
}

function unknownOption(option: string, name: string): SinterError {
  const camelCase = option.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const wayOut = camelCase in rules ? `Write ${camelCase}.` : `Use ${Object.keys(rules).join(", ")}.`;
  return new SinterError("option", `${name}: augment has no option "${option}". ${wayOut}`, { option });
}

function isPreset(value: unknown): value is AugmentPreset {
  return typeof value === "string" && Object.hasOwn(presets, value);
}
