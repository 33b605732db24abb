import { type BoxAnnotations } from "./annotations.js";
export interface VocOptions {
  readonly classNames?: readonly string[] | undefined;
}
export declare function readVoc(folder: string, { classNames }?: VocOptions): Promise<BoxAnnotations>;
