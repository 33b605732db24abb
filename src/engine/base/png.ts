// Writes pictures as PNG: lossless, 8 bits a channel. Compression is the machine's own; nothing here reads a picture.

/** Pixels, row-major: grey, RGB or RGBA. */
export interface PngPicture {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

/** PNG's numbers for grey, RGB and RGBA. */
const colourTypes = { 1: 0, 3: 2, 4: 6 } as const;
const signature = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);

/**
 * The bytes of a PNG file.
 * @param deflate bytes to a zlib stream
 * @source ISO/IEC 15948:2004, Portable Network Graphics
 */
export async function pngBytes(
  picture: PngPicture,
  deflate: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const { width, height, channels } = picture;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, colourTypes[channels], 0, 0, 0], 8);
  const pixels = await deflate(filtered(picture));
  return joined([signature, chunk("IHDR", header), chunk("IDAT", pixels), chunk("IEND", new Uint8Array())]);
}

/** Each row as differences from its neighbours, by the filter that leaves the smallest ones, with the filter's number. */
function filtered({ width, height, channels, data }: PngPicture): Uint8Array {
  const rowBytes = width * channels;
  const rows = new Uint8Array(height * (rowBytes + 1));
  const none = new Uint8Array(rowBytes);
  const difference = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row += 1) {
    const own = data.subarray(row * rowBytes, (row + 1) * rowBytes);
    const above = row === 0 ? none : data.subarray((row - 1) * rowBytes, row * rowBytes);
    const start = row * (rowBytes + 1);
    let least = Number.POSITIVE_INFINITY;
    for (const [filter, guess] of filters.entries()) {
      const size = filterRow(guess, { own, above, channels }, difference);
      if (size >= least) continue;
      least = size;
      rows[start] = filter;
      rows.set(difference, start + 1);
    }
  }
  return rows;
}

interface Row {
  readonly own: Uint8Array;
  readonly above: Uint8Array;
  readonly channels: number;
}

/** What a byte is expected to be, from the one before it, the one above, and the one before that. */
type Guess = (before: number, above: number, corner: number) => number;

/** PNG's filters by their numbers. */
const filters: readonly Guess[] = [
  () => 0,
  (before) => before,
  (_, above) => above,
  (before, above) => (before + above) >> 1,
  nearestOf,
];

/** Paeth's: the neighbour nearest to before + above - corner. */
function nearestOf(before: number, above: number, corner: number): number {
  const [left, up, both] = [Math.abs(above - corner), Math.abs(before - corner), Math.abs(before + above - 2 * corner)];
  if (left <= up && left <= both) return before;
  return up <= both ? above : corner;
}

/** Fills `difference`. @returns the sum of its sizes, differences taken as signed */
function filterRow(guess: Guess, { own, above, channels }: Row, difference: Uint8Array): number {
  let sum = 0;
  for (let index = 0; index < own.length; index += 1) {
    const before = index < channels ? 0 : (own[index - channels] ?? 0);
    const corner = index < channels ? 0 : (above[index - channels] ?? 0);
    const value = ((own[index] ?? 0) - guess(before, above[index] ?? 0, corner)) & 255;
    difference[index] = value;
    sum += value < 128 ? value : 256 - value;
  }
  return sum;
}

/** Length, name, content, checksum of name and content. */
function chunk(name: string, content: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(content.length + 12);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, content.length);
  for (let index = 0; index < 4; index += 1) bytes[4 + index] = name.charCodeAt(index);
  bytes.set(content, 8);
  view.setUint32(8 + content.length, crc32(bytes.subarray(4, 8 + content.length)));
  return bytes;
}

/** @source ISO 3309, as in PNG's annex D */
function crc32(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = rest & 1 ? (rest >>> 1) ^ 0xedb88320 : rest >>> 1;
  }
  return ~rest >>> 0;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
