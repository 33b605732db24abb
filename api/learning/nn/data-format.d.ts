import type { LayerParts } from "./layer.js";
export type DataFormat = "channelsLast" | "channelsFirst";
export declare function dataFormatOf(kind: string, value: DataFormat | null | undefined): DataFormat;
export declare function checkElementwise(kind: string, activation: unknown): void;
export declare function channelsLast(parts: LayerParts, numSpatialAxes: number): LayerParts;
