export type AffineMatrix = readonly [number, number, number, number, number, number];
export declare const identityMatrix: AffineMatrix;
export declare function shearMatrix(across: number, down: number): AffineMatrix;
export declare function translationMatrix(down: number, right: number): AffineMatrix;
export declare function rotationMatrix(degrees: number, height: number, width: number): AffineMatrix;
