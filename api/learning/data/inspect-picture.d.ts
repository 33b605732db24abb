import { type PictureFormat } from "../../engine/base/picture-format.js";
import { type PictureFacts } from "../../engine/platform/api.js";
import { type Signature } from "./signature.js";
export interface InspectedPicture {
  readonly file: string;
  readonly numBytes: number;
  readonly sha256: string | undefined;
  readonly format: PictureFormat | undefined;
  readonly original: PictureFacts | undefined;
  readonly looks: readonly Signature[];
  readonly problem: PictureProblem | undefined;
}
export interface PictureProblem {
  readonly reason: string;
  readonly isTooLarge: boolean;
}
export declare function inspectPicture(file: string): Promise<InspectedPicture>;
export declare function formatOf(bytes: Uint8Array): PictureFormat | undefined;
