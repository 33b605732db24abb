export interface ScanOptions {
  readonly reverse?: boolean;
  readonly length?: number;
}
export declare function scan<Carry, Row, Output>(
  body: (
    carry: Carry,
    x: Row,
  ) => {
    readonly carry: Carry;
    readonly output: Output;
  },
  initial: Carry,
  xs: Row,
  options?: ScanOptions,
): {
  carry: Carry;
  outputs: Output;
};
