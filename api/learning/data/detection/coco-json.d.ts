import { type BoxAnnotations } from "./annotations.js";
import { type PictureDetections } from "./picture-objects.js";
export declare function readCoco(path: string, pictures: string): Promise<BoxAnnotations>;
export interface CocoResult {
  readonly image_id: number;
  readonly category_id: number;
  readonly bbox: readonly [number, number, number, number];
  readonly score: number;
}
export declare function cocoResults(found: readonly PictureDetections[], annotations: BoxAnnotations): CocoResult[];
export declare function writeCocoResults(
  path: string,
  found: readonly PictureDetections[],
  annotations: BoxAnnotations,
): Promise<void>;
