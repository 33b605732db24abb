import { type Picture } from "../../../engine/platform/api.js";
import type { GraphNode, HyperparameterValue, SummaryValue } from "./event.js";
import { type PrCurveOptions } from "./make-summary.js";
export interface EventWriterOptions {
  readonly now?: () => number;
  readonly filename?: string | undefined;
}
export interface EventWriterPlace {
  readonly filename: string;
  readonly numBytes: number;
}
export declare class EventWriter {
  #private;
  readonly folder: string;
  constructor(folder: string, { now, filename }?: EventWriterOptions);
  get path(): string;
  scalar(tag: string, value: number, step: number): Promise<void>;
  histogram(tag: string, values: ArrayLike<number>, step: number): Promise<void>;
  images(tag: string, pictures: readonly Picture[], step: number): Promise<void>;
  text(tag: string, text: string, step: number): Promise<void>;
  prCurve(tag: string, { labels, predictions, ...options }: PrCurveData, step: number): Promise<void>;
  graph(nodes: readonly GraphNode[]): Promise<void>;
  hyperparameters(values: Readonly<Record<string, HyperparameterValue>>, groupName?: string): Promise<void>;
  write(values: readonly SummaryValue[], step: number): Promise<void>;
  flush(): Promise<void>;
  get place(): EventWriterPlace;
  goOn({ filename, numBytes }: EventWriterPlace): Promise<void>;
}
export interface PrCurveData extends PrCurveOptions {
  readonly labels: ArrayLike<number>;
  readonly predictions: ArrayLike<number>;
}
