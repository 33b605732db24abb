import type { Tensor } from "../../engine/tensor/tensor.js";
export interface ClipOptions {
  readonly clipnorm?: number | null | undefined;
  readonly clipvalue?: number | null | undefined;
  readonly globalClipnorm?: number | null | undefined;
}
export declare function checkClip(where: string, options: ClipOptions): ClipOptions;
export declare function clipGradients(
  gradients: Readonly<Record<string, Tensor>>,
  { clipnorm, clipvalue, globalClipnorm }: ClipOptions,
): Readonly<Record<string, Tensor>>;
