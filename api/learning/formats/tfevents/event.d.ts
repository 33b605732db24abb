export interface TfEvent {
  readonly wallTime: number;
  readonly step: number;
  readonly content: EventContent;
}
export type EventContent =
  | {
      readonly kind: "fileVersion";
      readonly version: string;
    }
  | {
      readonly kind: "summary";
      readonly values: readonly SummaryValue[];
    }
  | {
      readonly kind: "graph";
      readonly nodes: readonly GraphNode[];
    }
  | {
      readonly kind: "other";
    };
interface Tagged {
  readonly tag: string;
  readonly description?: string;
}
export interface ScalarSummary extends Tagged {
  readonly kind: "scalar";
  readonly value: number;
}
export interface HistogramSummary extends Tagged {
  readonly kind: "histogram";
  readonly buckets: Float64Array;
}
export interface ImagesSummary extends Tagged {
  readonly kind: "images";
  readonly width: number;
  readonly height: number;
  readonly pngs: readonly Uint8Array[];
}
export interface TextSummary extends Tagged {
  readonly kind: "text";
  readonly texts: readonly string[];
}
export interface PrCurveSummary extends Tagged {
  readonly kind: "prCurve";
  readonly truePositives: Float32Array;
  readonly falsePositives: Float32Array;
  readonly trueNegatives: Float32Array;
  readonly falseNegatives: Float32Array;
  readonly precision: Float32Array;
  readonly recall: Float32Array;
}
export type HyperparameterValue = number | string | boolean;
export interface HyperparameterInfo {
  readonly name: string;
  readonly type: "number" | "string" | "boolean";
  readonly description?: string;
  readonly values?: readonly HyperparameterValue[];
  readonly range?: readonly [min: number, max: number];
}
export interface MetricInfo {
  readonly tag: string;
  readonly group?: string;
  readonly displayName?: string;
}
export interface ExperimentSummary {
  readonly kind: "experiment";
  readonly hyperparameters: readonly HyperparameterInfo[];
  readonly metrics: readonly MetricInfo[];
  readonly timeCreated: number;
}
export interface SessionStartSummary {
  readonly kind: "sessionStart";
  readonly hyperparameters: Readonly<Record<string, HyperparameterValue>>;
  readonly groupName: string;
  readonly startTime: number;
}
export declare const sessionStatuses: readonly ["unknown", "success", "failure", "running"];
export interface SessionEndSummary {
  readonly kind: "sessionEnd";
  readonly status: (typeof sessionStatuses)[number];
  readonly endTime: number;
}
export interface OtherSummary extends Tagged {
  readonly kind: "other";
  readonly plugin: string;
  readonly shape: readonly number[];
  readonly numbers: Float64Array;
}
export type SummaryValue =
  | ScalarSummary
  | HistogramSummary
  | ImagesSummary
  | TextSummary
  | PrCurveSummary
  | ExperimentSummary
  | SessionStartSummary
  | SessionEndSummary
  | OtherSummary;
export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputShapes?: readonly (readonly number[])[];
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}
export {};
