import type { Dataset } from "../data/dataset.js";
export type ClassWeight = Readonly<Record<number, number>>;
export declare function withClassWeight(dataset: Dataset, classWeight: ClassWeight): Dataset;
