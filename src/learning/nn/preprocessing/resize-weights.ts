// What each pixel of a resized axis is made of: a matrix for each of TensorFlow's methods. Pure host code.

/** Keras's names, in camelCase. */
export const interpolations = ["bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"] as const;
export type ResizeInterpolation = (typeof interpolations)[number];

/**
 * Weights of the pixels of an axis in those of a shorter or longer one, row-major [to, from]; each row's sum is 1.
 * @param isAntialiased whether kernels become wider where pixels are left out; nearest and area know no such thing
 * @source TensorFlow 2.21, resize_bilinear_op, resize_nearest_neighbor_op, resize_bicubic_op, resize_area_op, scale_and_translate_op
 */
export function resizeWeights(
  from: number,
  to: number,
  interpolation: ResizeInterpolation,
  isAntialiased: boolean,
): Float32Array<ArrayBuffer> {
  const weights = new Float32Array(to * from);
  for (let place = 0; place < to; place += 1) {
    const row = weights.subarray(place * from, (place + 1) * from);
    fillRow(row, place, to, interpolation, isAntialiased);
  }
  return weights;
}

function fillRow(
  row: Float32Array,
  place: number,
  to: number,
  interpolation: ResizeInterpolation,
  isAntialiased: boolean,
): void {
  const from = row.length;
  switch (interpolation) {
    case "nearest":
      row[nearestPixel(place, from, to)] = 1;
      return;
    case "area":
      return fillArea(row, place, to);
    case "bicubic":
      if (!isAntialiased) return fillBicubic(row, place, to);
      return fillKernel(row, place, to, { radius: 2, weightAt: keysCubic, isAntialiased });
    case "bilinear":
      return fillKernel(row, place, to, { radius: 1, weightAt: triangle, isAntialiased });
    case "lanczos3":
      return fillKernel(row, place, to, { radius: 3, weightAt: (x) => lanczos(x, 3), isAntialiased });
    case "lanczos5":
      return fillKernel(row, place, to, { radius: 5, weightAt: (x) => lanczos(x, 5), isAntialiased });
    default:
      interpolation satisfies never;
  }
}

/** The pixel below the place's centre, in float32: ties are decided as TensorFlow decides them. */
function nearestPixel(place: number, from: number, to: number): number {
  const scale = Math.fround(from / to);
  return Math.min(from - 1, Math.floor(Math.fround((place + 0.5) * scale)));
}

/** Each pixel by the share of it that lies below the place. */
function fillArea(row: Float32Array, place: number, to: number): void {
  const scale = row.length / to;
  const [first, last] = [place * scale, (place + 1) * scale];
  for (let pixel = Math.floor(first); pixel < Math.min(row.length, Math.ceil(last)); pixel += 1) {
    row[pixel] = (Math.min(last, pixel + 1) - Math.max(first, pixel)) / scale;
  }
}

interface Kernel {
  /** In pixels. */
  readonly radius: number;
  readonly weightAt: (distance: number) => number;
  readonly isAntialiased: boolean;
}

/** Pixels around the place by a kernel of their distance; what lies outside counts nothing, and the sum becomes 1. */
function fillKernel(row: Float32Array, place: number, to: number, { radius, weightAt, isAntialiased }: Kernel): void {
  const from = row.length;
  const scale = isAntialiased ? Math.max(from / to, 1) : 1;
  const centre = (place + 0.5) * (from / to);
  const first = Math.max(0, Math.ceil(centre - radius * scale - 0.5));
  const last = Math.min(from - 1, Math.floor(centre + radius * scale - 0.5));
  const found = Array.from({ length: last - first + 1 }, (_, index) =>
    weightAt((first + index + 0.5 - centre) / scale),
  );
  setNormalized(row, first, found);
}

function setNormalized(row: Float32Array, first: number, weights: readonly number[]): void {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  weights.forEach((weight, index) => {
    row[first + index] = weight / sum;
  });
}

/** Four pixels by Keys's cubic, whose argument TensorFlow rounds to steps of 1/1024. */
function fillBicubic(row: Float32Array, place: number, to: number): void {
  const from = row.length;
  const centre = (place + 0.5) * (from / to) - 0.5;
  const below = Math.floor(centre);
  const offset = roundHalfToEven((centre - below) * 1024) / 1024;
  const pixels = [below - 1, below, below + 1, below + 2].filter((pixel) => pixel >= 0 && pixel < from);
  const weights = pixels.map((pixel) => keysCubic(pixel - below - offset));
  setNormalized(row, pixels[0] ?? 0, weights);
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

function triangle(x: number): number {
  return Math.max(0, 1 - Math.abs(x));
}

/** Keys 1981, Cubic convolution interpolation, with a = -0.5. */
function keysCubic(distance: number): number {
  const x = Math.abs(distance);
  if (x >= 2) return 0;
  if (x >= 1) return ((-0.5 * x + 2.5) * x - 4) * x + 2;
  return (1.5 * x - 2.5) * x * x + 1;
}

function lanczos(distance: number, radius: number): number {
  const x = Math.abs(distance);
  if (x > radius) return 0;
  if (x <= 1e-3) return 1;
  return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * Math.PI * x * x);
}
