export type Shape = readonly number[];
export declare function sizeOf(shape: Shape): number;
export declare function stridesOf(shape: Shape): number[];
export declare function sameShape(left: Shape, right: Shape): boolean;
export declare function shapeText(shape: Shape): string;
export declare function broadcastShapes(left: Shape, right: Shape, name?: string): number[];
export declare function normalizeAxes(
  axes: number | readonly number[] | undefined,
  rank: number,
  name: string,
): number[];
export declare function normalizeAxis(axis: number, rank: number, name: string): number;
export declare function checkShape(shape: Shape, name: string): void;
