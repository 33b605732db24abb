import { SinterError } from "../../../engine/base/error.js";
export interface Field {
  readonly value: unknown;
  readonly path: string;
}
export declare function parseJson(bytes: Uint8Array, name: string): Field;
export declare function member(field: Field, name: string): Field;
export declare function isMissing({ value }: Field): boolean;
export declare function membersOf(field: Field): [name: string, member: Field][];
export declare function itemsOf(field: Field, most: number): Field[];
export declare function textOf(field: Field): string;
export declare function numberOf(field: Field): number;
export declare function countOf(field: Field): number;
export declare function unfit({ value, path }: Field, expected: string): SinterError;
export declare function wrong(path: string, what: string, expected: string): SinterError;
