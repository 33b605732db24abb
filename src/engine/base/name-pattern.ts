// Patterns that choose weights or layers by name. They come from files, too: none may take long on any name.

import { SinterError } from "./error.ts";

const mostCharacters = 200;
const mostRepetitions = 2;
/** Of a name; none describes a longer one. */
const longestName = 256;

/**
 * Whether a name contains what a pattern describes: a regular expression of at most two repetitions, none of them of a group.
 * @param isWhole whether it must describe all of the name
 * @throws option for any other
 */
export function namePattern(where: string, text: string, isWhole = false): (name: string) => boolean {
  const numRepetitions = text.replaceAll(/\\./gu, "").match(/(?<!\()[*+{?]/gu)?.length ?? 0;
  const isBounded =
    text.length <= mostCharacters && !/\)[*+{?]|\\[1-9k]/u.test(text) && numRepetitions <= mostRepetitions;
  try {
    if (!isBounded) throw new RangeError("It repeats a group, or repeats too often, or is too long.");
    const pattern = new RegExp(isWhole ? `^(?:${text})$` : text, "u");
    return (name) => name.length <= longestName && pattern.test(name);
  } catch (cause) {
    throw new SinterError(
      "option",
      `${where} "${text.slice(0, mostCharacters)}" is no regular expression that is taken here: at most ${mostRepetitions} repetitions, none of a group. ` +
        "List several simpler ones.",
      { text },
      cause,
    );
  }
}
