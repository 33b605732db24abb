// Resizes pictures in plain TypeScript: where a codec library has no resize of that meaning, and in the page. Never
// decodes.

/** Pixels of 8 bits, row-major, channels together. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** The source pixels that make one target pixel: `weights[k]` is for pixel `first + k`. */
interface Window {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * The picture in another size. "bilinear" is a triangle filter as wide as the scale when shrinking (antialiased),
 * as Pillow's BILINEAR and TensorFlow's resize with antialias; "nearest" takes the pixel below each target's centre.
 * @param size target height and width
 */
export function resample(
  picture: Pixels,
  size: readonly [height: number, width: number],
  interpolation: "bilinear" | "nearest",
): Pixels {
  const [height, width] = size;
  if (picture.height === height && picture.width === width) return picture;
  const windows = interpolation === "nearest" ? nearestWindows : triangleWindows;
  const rows = resizeRows(picture, windows(picture.width, width));
  return resizeColumns(rows, windows(picture.height, height), width, picture.channels);
}

/** Triangle filter windows, normalized; edges drop what lies outside. */
function triangleWindows(from: number, to: number): Window[] {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, index) => {
    const center = (index + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - support + 0.5));
    const last = Math.min(from, Math.floor(center + support + 0.5));
    const weights = Float64Array.from({ length: last - first }, (_weight, offset) =>
      Math.max(0, 1 - Math.abs((first + offset + 0.5 - center) / support)),
    );
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

function nearestWindows(from: number, to: number): Window[] {
  const weights = Float64Array.of(1);
  return Array.from({ length: to }, (_, index) => ({
    first: Math.min(from - 1, Math.floor(((index + 0.5) * from) / to)),
    weights,
  }));
}

/** Every row at the new width, unrounded: [height, windows.length, channels]. */
function resizeRows(picture: Pixels, windows: readonly Window[]): Float32Array {
  const { width, height, channels } = picture;
  const rows = new Float32Array(height * windows.length * channels);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < windows.length; x += 1) {
      const window = windows[x];
      if (window !== undefined) addWindow(picture, y * width, window, rows, (y * windows.length + x) * channels);
    }
  }
  return rows;
}

/** One pixel of a row at the new width, into `rows` from `to` on. */
function addWindow(picture: Pixels, rowStart: number, window: Window, rows: Float32Array, to: number): void {
  const { channels, data } = picture;
  const { first, weights } = window;
  for (let channel = 0; channel < channels; channel += 1) {
    let from = (rowStart + first) * channels + channel;
    let sum = 0;
    for (let k = 0; k < weights.length; k += 1) {
      sum += (weights[k] ?? 0) * (data[from] ?? 0);
      from += channels;
    }
    rows[to + channel] = sum;
  }
}

function resizeColumns(
  rows: Float32Array,
  windows: readonly Window[],
  width: number,
  channels: Pixels["channels"],
): Pixels {
  const rowLength = width * channels;
  const data = new Uint8Array(windows.length * rowLength);
  const sums = new Float64Array(rowLength);
  windows.forEach(({ first, weights }, y) => {
    sums.fill(0.5);
    for (let k = 0; k < weights.length; k += 1) {
      const weight = weights[k] ?? 0;
      const from = (first + k) * rowLength;
      for (let x = 0; x < rowLength; x += 1) sums[x] = (sums[x] ?? 0) + weight * (rows[from + x] ?? 0);
    }
    for (let x = 0; x < rowLength; x += 1) data[y * rowLength + x] = sums[x] ?? 0;
  });
  return { width, height: windows.length, channels, data };
}

/**
 * A picture of one channel: ITU-R 601 luma, as Pillow's "L" and TensorFlow's rgb_to_grayscale.
 * @param picture with 1, 3 or 4 channels (the fourth is passed over)
 */
export function toGrey(picture: Pixels): Pixels {
  if (picture.channels === 1) return picture;
  const { width, height, channels, data } = picture;
  const grey = new Uint8Array(width * height);
  for (let index = 0; index < grey.length; index += 1) {
    const at = index * channels;
    grey[index] = 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0) + 0.5;
  }
  return { width, height, channels: 1, data: grey };
}
