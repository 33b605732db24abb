import { type BoxAnnotations } from "./annotations.js";
export interface YoloOptions {
  readonly classNames?: readonly string[] | undefined;
}
export declare function readYolo(folder: string, options?: YoloOptions): Promise<BoxAnnotations>;
