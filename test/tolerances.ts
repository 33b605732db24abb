// Every bound that a test compares with, in one file. Error is max|a - b| / rms(oracle) unless said otherwise.

/** Central differences in float64 against a gradient in float64: step 1e-5 leaves some 1e-10 of truncation. */
export const gradientStep = 1e-5;
export const gradientTolerance = 1e-7;

/** A target's case of a single primitive against the oracle in float32. */
export const targetTolerance = 4e-6;

/** Random graphs: these plus `fuzzDistanceFactor` times the distance between the oracle in float64 and in float32. */
export const fuzzTolerance = 1e-5;
export const fuzzGradientTolerance = 1e-4;
export const fuzzDistanceFactor = 16;

/** A model against its ONNX file, read again. */
export const exportTolerance = 1e-5;

/** Winograd F(4x4) against the oracle. */
export const winogradTolerance = 1e-4;

/** Denormals are flushed: magnitudes below this count as 0. */
export const denormal = 2 ** -126;
