import type { AugmentOptions } from "./augment.js";
export type AugmentPreset = "none" | "light" | "standard";
export declare function resolveAugment(augment: unknown, name?: string): AugmentOptions | undefined;
