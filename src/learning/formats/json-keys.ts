// Finds a key that an object of a JSON text has twice: JSON.parse keeps the last one, others the first, and what two readers
// read differently is refused where a format says so. The text must be whole JSON already.

/** A key that comes twice in one object, at any depth; undefined where there is none. */
export function doubleKey(text: string): string | undefined {
  const objects: (Set<string> | undefined)[] = [];
  let isKeyNext = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      const double = isKeyNext ? newKey(objects.at(-1), text.slice(at, end)) : undefined;
      if (double !== undefined) return double;
      isKeyNext = false;
      at = end - 1;
    } else if (character === "{" || character === "[") {
      objects.push(character === "{" ? new Set() : undefined);
      isKeyNext = character === "{";
    } else if (character === "}" || character === "]") {
      objects.pop();
      isKeyNext = false;
    } else if (character === ",") isKeyNext = objects.at(-1) !== undefined;
  }
  return undefined;
}

/** Adds a key as it is written; gives it where it was there. Equal keys may be written differently: "a" is "\u0061". */
function newKey(keys: Set<string> | undefined, written: string): string | undefined {
  const key = String(JSON.parse(written));
  if (keys?.has(key) === true) return key;
  keys?.add(key);
  return undefined;
}

/** The place after the quote that closes the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (end >= 0) {
    let numSlashes = 0;
    while (text[end - 1 - numSlashes] === "\\") numSlashes += 1;
    if (numSlashes % 2 === 0) return end + 1;
    end = text.indexOf('"', end + 1);
  }
  return text.length;
}
