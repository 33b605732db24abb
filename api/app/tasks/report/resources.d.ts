export interface Phase {
  readonly name: string;
  readonly seconds: number;
}
export interface ResourceUse {
  readonly phases: readonly Phase[];
  readonly seconds: number;
  readonly cpuSeconds?: number | undefined;
  readonly peakMemoryBytes?: number | undefined;
  readonly deviceBytes?: number | undefined;
  readonly isPartial?: boolean | undefined;
  readonly energyJoules?: number | undefined;
}
export interface Energy {
  readonly joules: number;
  readonly kind: "measured" | "estimated";
  readonly wattsPerCore?: number;
}
export declare const wattsPerBusyCore = 8;
export declare function energyOf({ energyJoules, cpuSeconds }: ResourceUse): Energy | undefined;
export declare function resourcesFrom(value: unknown): ResourceUse | undefined;
