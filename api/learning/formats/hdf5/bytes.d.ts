import { SinterError } from "../../../engine/base/error.js";
export declare const nowhere: number;
export declare class Cursor {
  #private;
  constructor(bytes: Uint8Array, at?: number);
  get at(): number;
  get left(): number;
  u8(): number;
  u16(): number;
  u32(): number;
  u64(): number;
  sized(power: number): number;
  bytes(length: number): Uint8Array;
  skip(length: number): void;
  align(begin: number): void;
  expect(signature: string): void;
}
export declare function damaged(what: string): SinterError;
export declare function refused(what: string, advice: string): SinterError;
export declare function textOf(bytes: Uint8Array): string;
