// What a run took of its machine: time by phase, memory, energy. Holds the form and the estimate; measures nothing.

import { isRecord } from "#engine/base/is-record.ts";
import { numberIn, textIn } from "../json-fields.ts";

/** A named part of a run and how long it took. */
export interface Phase {
  /** "data", "compile", "train", "validate", "evaluate", … */
  readonly name: string;
  readonly seconds: number;
}

/** What was measured while a run worked. Whoever runs it measures: rooms without Node cannot. */
export interface ResourceUse {
  readonly phases: readonly Phase[];
  /** Wall-clock time of the whole. */
  readonly seconds: number;
  /** Time that the process's threads computed, added up. */
  readonly cpuSeconds?: number | undefined;
  /** Largest resident memory of the process. */
  readonly peakMemoryBytes?: number | undefined;
  /** Largest memory of tensors on the device. */
  readonly deviceBytes?: number | undefined;
  /** Measured since the run was last resumed: what came before is not in it. */
  readonly isPartial?: boolean | undefined;
  /** Measured by the processor's own counters (RAPL); whole packages, so other programs are in it. */
  readonly energyJoules?: number | undefined;
}

/** Energy as the report gives it. */
export interface Energy {
  readonly joules: number;
  readonly kind: "measured" | "estimated";
  /** Of an estimate: watts that a busy core was taken to draw. */
  readonly wattsPerCore?: number;
}

/**
 * Watts that a busy core is taken to draw where nothing is measured: a processor of 65 to 125 W with 8 to 16 cores, memory
 * left out.
 */
export const wattsPerBusyCore = 8;

/** Measured energy, else an estimate from processor time; undefined when neither is known. */
export function energyOf({ energyJoules, cpuSeconds }: ResourceUse): Energy | undefined {
  if (energyJoules !== undefined) return { joules: energyJoules, kind: "measured" };
  if (cpuSeconds === undefined) return undefined;
  return { joules: cpuSeconds * wattsPerBusyCore, kind: "estimated", wattsPerCore: wattsPerBusyCore };
}

/** Resources as a run's resources.json holds them; undefined for anything else. */
export function resourcesFrom(value: unknown): ResourceUse | undefined {
  if (!isRecord(value)) return undefined;
  const seconds = numberIn(value, "seconds");
  if (seconds === undefined) return undefined;
  const phases = Array.isArray(value["phases"]) ? value["phases"].flatMap(phaseFrom) : [];
  return {
    phases,
    seconds,
    cpuSeconds: numberIn(value, "cpuSeconds"),
    peakMemoryBytes: numberIn(value, "peakMemoryBytes"),
    deviceBytes: numberIn(value, "deviceBytes"),
    ...(value["isPartial"] === true ? { isPartial: true } : {}),
    energyJoules: numberIn(value, "energyJoules"),
  };
}

function phaseFrom(value: unknown): Phase[] {
  if (!isRecord(value)) return [];
  const [name, seconds] = [textIn(value, "name"), numberIn(value, "seconds")];
  return name === undefined || seconds === undefined ? [] : [{ name, seconds }];
}
