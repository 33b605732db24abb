import { type FindingDetail } from "./finding-messages.js";
import type { InspectedPicture } from "./inspect-picture.js";
export declare const findingKinds: readonly [
  "structure",
  "broken",
  "wrong-extension",
  "leak",
  "conflict",
  "duplicate",
  "huge",
  "tiny",
  "blank",
  "imbalance",
];
export type FindingKind = (typeof findingKinds)[number];
export interface DataFinding {
  readonly kind: FindingKind;
  readonly files: readonly string[];
  readonly message: string;
  readonly detail: FindingDetail;
}
export interface PlacedPicture extends InspectedPicture {
  readonly part: string;
  readonly className: string | undefined;
}
export declare function finding(kind: FindingKind, files: readonly string[], detail: FindingDetail): DataFinding;
export declare function findingsOfPicture(picture: InspectedPicture): DataFinding[];
export declare function findingOfCopies(copies: readonly PlacedPicture[], isExact: boolean): DataFinding;
export declare function findingsOfCounts(
  counts: readonly {
    readonly className: string;
    readonly folder: string;
    readonly numFiles: number;
  }[],
): DataFinding[];
