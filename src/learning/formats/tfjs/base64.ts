// Bytes written in base64: texts of attributes, and contents of tensors, in JSON.

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const values: ReadonlyMap<string, number> = new Map(Array.from(alphabet, (character, value) => [character, value]));

/** The bytes of a text, of either alphabet (RFC 4648, 4 and 5); undefined where it is no base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bare = text
    .replace(/={0,2}$/, "")
    .replaceAll("-", "+")
    .replaceAll("_", "/");
  if (bare.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let bits = 0;
  let numBits = 0;
  let end = 0;
  for (const character of bare) {
    const value = values.get(character);
    if (value === undefined) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    numBits += 6;
    if (numBits < 8) continue;
    numBits -= 8;
    bytes[end] = (bits >> numBits) & 0xff;
    end += 1;
  }
  return bytes;
}
