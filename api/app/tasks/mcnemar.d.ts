export interface McNemar {
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly pValue: number;
}
export declare function mcNemar(first: readonly boolean[], second: readonly boolean[]): McNemar;
export declare function exactPValue(onlyFirst: number, onlySecond: number): number;
