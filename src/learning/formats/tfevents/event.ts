// What event files hold, as plain values: events, summaries of several kinds, the graph. Writes and reads nothing.

/** One event: something that happened at a step. */
export interface TfEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  readonly content: EventContent;
}

export type EventContent =
  /** The first event of a file: "brain.Event:2". */
  | { readonly kind: "fileVersion"; readonly version: string }
  | { readonly kind: "summary"; readonly values: readonly SummaryValue[] }
  | { readonly kind: "graph"; readonly nodes: readonly GraphNode[] }
  /** Something else that TensorFlow writes and TensorBoard shows nothing of. */
  | { readonly kind: "other" };

interface Tagged {
  /** What it is called; parts between slashes are groups. */
  readonly tag: string;
  /** Markdown for people. */
  readonly description?: string;
}

/** A number; kept as f32. */
export interface ScalarSummary extends Tagged {
  readonly kind: "scalar";
  readonly value: number;
}

/** Where many values lie: of bucket i the left edge, the right edge and the count, in `buckets[3 i … 3 i + 2]`. */
export interface HistogramSummary extends Tagged {
  readonly kind: "histogram";
  readonly buckets: Float64Array;
}

/** Pictures of one size, as the bytes of PNG files. */
export interface ImagesSummary extends Tagged {
  readonly kind: "images";
  readonly width: number;
  readonly height: number;
  readonly pngs: readonly Uint8Array[];
}

/** Texts, which TensorBoard shows as Markdown. */
export interface TextSummary extends Tagged {
  readonly kind: "text";
  readonly texts: readonly string[];
}

/** Precision and recall over thresholds that rise evenly from 0 to 1; f32, one number a threshold. */
export interface PrCurveSummary extends Tagged {
  readonly kind: "prCurve";
  readonly truePositives: Float32Array;
  readonly falsePositives: Float32Array;
  readonly trueNegatives: Float32Array;
  readonly falseNegatives: Float32Array;
  readonly precision: Float32Array;
  readonly recall: Float32Array;
}

/** The value of a hyperparameter. */
export type HyperparameterValue = number | string | boolean;

/** What a hyperparameter may be. */
export interface HyperparameterInfo {
  readonly name: string;
  readonly type: "number" | "string" | "boolean";
  readonly description?: string;
  /** The values that it may have. */
  readonly values?: readonly HyperparameterValue[];
  /** Between which it lies. */
  readonly range?: readonly [min: number, max: number];
}

/** A number that the runs of an experiment are compared by. */
export interface MetricInfo {
  /** The tag of its scalars. */
  readonly tag: string;
  /** The folder within the run that they lie in, such as "validation"; none by default. */
  readonly group?: string;
  readonly displayName?: string;
}

/** What runs of an experiment differ in, and what they are compared by. */
export interface ExperimentSummary {
  readonly kind: "experiment";
  readonly hyperparameters: readonly HyperparameterInfo[];
  readonly metrics: readonly MetricInfo[];
  /** Seconds since 1970. */
  readonly timeCreated: number;
}

/** A run begins, with these hyperparameters. */
export interface SessionStartSummary {
  readonly kind: "sessionStart";
  readonly hyperparameters: Readonly<Record<string, HyperparameterValue>>;
  /** Runs of one name are one trial. */
  readonly groupName: string;
  /** Seconds since 1970. */
  readonly startTime: number;
}

export const sessionStatuses = ["unknown", "success", "failure", "running"] as const;

/** A run ended. */
export interface SessionEndSummary {
  readonly kind: "sessionEnd";
  readonly status: (typeof sessionStatuses)[number];
  /** Seconds since 1970. */
  readonly endTime: number;
}

/** A summary that none of the other kinds tells: its plugin's name, and its values where they are numbers. */
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

/** A node of the graph that TensorBoard draws. */
export interface GraphNode {
  /** Unique; parts between slashes are groups. */
  readonly name: string;
  /** What it does: "Conv2D". */
  readonly op: string;
  /** Names of the nodes whose values it takes; with ":1" the second value of one that gives several. */
  readonly inputs: readonly string[];
  /** Shapes of the values that it gives; -1 for an axis of any extent. */
  readonly outputShapes?: readonly (readonly number[])[];
  /** What else is known of it. */
  readonly attributes?: Readonly<Record<string, string | number | boolean>>;
}
