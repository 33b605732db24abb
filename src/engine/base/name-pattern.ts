// Patterns that choose weights or layers by name. They come from files, too: none may take long on any name.

import { SinterError } from "./error.ts";

const mostCharacters = 200;
const mostRepetitions = 2;
/** Of a name; what lies behind is not looked at. */
const longestName = 1024;

/**
 * Whether a name contains what a pattern describes: a regular expression without groups, of at most two repetitions.
 * @throws option for any other
 */
export function namePattern(where: string, text: string): (name: string) => boolean {
  const numRepetitions = text.replaceAll(/\\./gu, "").match(/[*+{]/gu)?.length ?? 0;
  const isBounded = text.length <= mostCharacters && !/[()]|\\[1-9k]/u.test(text) && numRepetitions <= mostRepetitions;
  try {
    if (!isBounded) throw new RangeError("It has groups, or is too long.");
    const pattern = new RegExp(text, "u");
    return (name) => pattern.test(name.slice(0, longestName));
  } catch (cause) {
    throw new SinterError(
      "option",
      `${where} "${text.slice(0, mostCharacters)}" is no regular expression that is taken here: no groups, at most ${mostRepetitions} repetitions. ` +
        "List several simpler ones.",
      { text },
      cause,
    );
  }
}
