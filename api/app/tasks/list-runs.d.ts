import { type RunRecord } from "./run-record.js";
export type RunOrder = "date" | "score";
export declare function listRuns(folder: string, order?: RunOrder): Promise<RunRecord[]>;
