// Writes many small grey pictures as one, eight in a row.
import sharp from "sharp";

/**
 * @param values pixels between -1 and 1, picture by picture
 * @param size height and width of each
 */
export async function drawSheet(values: ArrayLike<number>, size: number, path: string): Promise<void> {
  const across = 8;
  const [width, height] = [across * size, Math.ceil(values.length / size ** 2 / across) * size];
  const sheet = new Uint8Array(width * height);
  for (let index = 0; index < values.length; index += 1) {
    const [picture, y, x] = [Math.floor(index / size ** 2), Math.floor(index / size) % size, index % size];
    const value = Math.min(1, Math.max(-1, values[index] ?? 0));
    sheet[(Math.floor(picture / across) * size + y) * width + (picture % across) * size + x] = Math.round(
      (value + 1) * 127.5,
    );
  }
  const picture = sharp(sheet, { raw: { width, height, channels: 1 } });
  await picture
    .resize({ width: 2 * width, kernel: "nearest" })
    .png()
    .toFile(path);
}
