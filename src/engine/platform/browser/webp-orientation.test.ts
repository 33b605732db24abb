import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { webpOrientation } from "#engine/platform/browser/webp-orientation.ts";

const webp = async (orientation?: number): Promise<Uint8Array> => {
  const picture = sharp({ create: { width: 8, height: 4, channels: 3, background: "#468" } });
  const turned = orientation === undefined ? picture : picture.withMetadata({ orientation });
  return new Uint8Array(await turned.webp().toBuffer());
};

test.each([1, 3, 6, 8])("orientation %i is read", async (orientation) => {
  expect(webpOrientation(await webp(orientation))).toBe(orientation);
});

test("a file that does not say is as stored", async () => {
  expect(webpOrientation(await webp())).toBe(1);
});

test("damaged bytes give an orientation, never an error", async () => {
  const whole = await webp(6);
  const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
  const damage = fc.record({ changes: fc.array(change, { maxLength: 8 }), length: fc.nat(whole.length) });
  fc.assert(
    fc.property(damage, ({ changes, length }) => {
      const bytes = whole.slice(0, length);
      for (const { at, value } of changes) if (at < length) bytes[at] = value;
      expect(webpOrientation(bytes)).toBeOneOf([1, 2, 3, 4, 5, 6, 7, 8]);
    }),
    { numRuns: 300 },
  );
});
