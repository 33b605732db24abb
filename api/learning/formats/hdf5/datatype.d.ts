import type { HostArray } from "../../../engine/base/dtype.js";
import { type Cursor } from "./bytes.js";
export type ElementType =
  | {
      readonly kind: "float" | "bfloat" | "signed" | "unsigned";
      readonly bytes: number;
      readonly isBigEndian: boolean;
    }
  | {
      readonly kind: "text";
      readonly bytes: number;
    }
  | {
      readonly kind: "longText";
      readonly bytes: number;
    };
export declare function readElementType(cursor: Cursor): ElementType;
export declare function numbersOf(type: ElementType, bytes: Uint8Array): HostArray;
export declare function fixedTexts(size: number, bytes: Uint8Array): string[];
