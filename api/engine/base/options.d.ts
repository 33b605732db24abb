export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly ConfigValue[]
  | {
      readonly [name: string]: ConfigValue;
    };
export declare function checkOptions(where: string, options: object, known: readonly string[]): void;
export declare function camelCase(name: string): string;
export declare function nearest(name: string, known: readonly string[]): string | undefined;
export declare function choice<const Name extends string>(
  where: string,
  option: string,
  value: unknown,
  names: readonly Name[],
): Name;
export declare function integer(where: string, option: string, value: unknown, least?: number): number;
export declare function numberWithin(
  where: string,
  option: string,
  value: unknown,
  low?: number,
  high?: number,
): number;
export declare function pair(where: string, option: string, value: unknown, least?: number): readonly [number, number];
export declare function perAxis(
  where: string,
  option: string,
  value: unknown,
  {
    numAxes,
    least,
  }: {
    readonly numAxes: number;
    readonly least?: number;
  },
): number[];
