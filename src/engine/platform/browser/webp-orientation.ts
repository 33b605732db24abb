// The EXIF orientation of a WebP file: browsers apply that of JPEG and PNG, Chromium not that of WebP. Reads the
// container alone, every read within its bounds.

const orientationTag = 0x112;

/** 1 to 8 as EXIF numbers them: 1 as stored, 6 to be turned clockwise. 1 where the file does not say. */
export function webpOrientation(bytes: Uint8Array): number {
  const exif = exifChunk(bytes);
  const orientation = exif === undefined ? 1 : orientationOf(exif);
  return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

/** The TIFF structure within the chunk EXIF. */
function exifChunk(bytes: Uint8Array): DataView | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 12; at + 8 <= bytes.length;) {
    const length = view.getUint32(at + 4, true);
    const start = at + 8;
    if (textAt(view, at) === "EXIF" && start + length <= bytes.length) {
      const prefix = length >= 6 && textAt(view, start) === "Exif" ? 6 : 0;
      return new DataView(bytes.buffer, bytes.byteOffset + start + prefix, length - prefix);
    }
    at = start + length + (length % 2);
  }
  return undefined;
}

function orientationOf(tiff: DataView): number {
  if (tiff.byteLength < 8) return 1;
  const isLittleEndian = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, isLittleEndian);
  if (directory + 2 > tiff.byteLength) return 1;
  const numEntries = tiff.getUint16(directory, isLittleEndian);
  for (let entry = 0; entry < numEntries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (at + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(at, isLittleEndian) === orientationTag) return tiff.getUint16(at + 8, isLittleEndian);
  }
  return 1;
}

function textAt(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
