import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { encodePng as encodeInPage } from "#engine/platform/browser/encode-png.ts";
import { encodePng } from "#engine/platform/node/encode-png.ts";

/** Slopes, waves and noise, so that every filter is chosen somewhere. */
function paint(width: number, height: number, channels: 1 | 3 | 4): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, index) => {
    const [row, place, channel] = [
      Math.floor(index / channels / width),
      Math.floor(index / channels),
      index % channels,
    ];
    const column = place % width;
    if (row % 5 === 0) return (Math.imul(index + 1, 2654435761) >>> 24) & 255;
    return row % 5 === 1 ? column * 9 : 128 + 90 * Math.sin((row + column * (channel + 1)) / 7);
  });
}

const encoders = { node: encodePng, page: encodeInPage };

describe.each(Object.entries(encoders))("%s", (_, encode) => {
  test.each([
    [31, 17, 3],
    [31, 17, 1],
    [31, 17, 4],
    [1, 1, 3],
    [300, 2, 3],
  ] as const)("a picture of %i x %i x %i is decoded to the same pixels", async (width, height, channels) => {
    const data = paint(width, height, channels);
    const bytes = await encode({ width, height, channels, data });
    const { data: found, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([width, height]);
    const same = info.channels === channels ? found : found.filter((__, index) => index % info.channels < channels);
    expect(new Uint8Array(same)).toEqual(data);
    expect((await sharp(bytes).metadata()).format).toBe("png");
  });

  test("smooth pictures become small", async () => {
    const data = Uint8Array.from({ length: 200 * 200 * 3 }, (__, index) => Math.floor(index / 600) + (index % 600) / 6);
    const { length } = await encode({ width: 200, height: 200, channels: 3, data });
    expect(length).toBeLessThan(data.length / 20);
  });
});
