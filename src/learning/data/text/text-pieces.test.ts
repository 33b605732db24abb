// Pieces of text from tokens: whole characters, blanks, stop words across tokens.

import { describe, expect, test } from "vitest";
import { textPieces } from "./text-pieces.ts";

const letters = new TextEncoder().encode("a 天ab€ stop🦆!");

/** Tokens are bytes. */
const bytes = { decode: (ids: ArrayLike<number>): string => new TextDecoder().decode(Uint8Array.from(ids)) };

async function* each(ids: Iterable<number>): AsyncGenerator<number, void, undefined> {
  yield* ids;
}

async function pieces(...parameters: Parameters<typeof textPieces>): Promise<string[]> {
  const found: string[] = [];
  for await (const piece of textPieces(...parameters)) found.push(piece);
  return found;
}

describe("text pieces", () => {
  test("are whole characters", async () => {
    const expected = Array.from("a 天ab€ stop🦆!");
    expect(await pieces(each(letters), bytes)).toEqual(expected);
  });

  test("end before a stop word, of which nothing is given", async () => {
    expect((await pieces(each(letters), bytes, { stop: ["nothing", "stop"] })).join("")).toBe("a 天ab€ ");
    expect((await pieces(each(letters), bytes, { stop: "a" })).join("")).toBe("");
    // What began like a stop word and was none is given.
    expect((await pieces(each(letters), bytes, { stop: "stoppt" })).join("")).toBe("a 天ab€ stop🦆!");
    await expect(pieces(each(letters), bytes, { stop: "" })).rejects.toThrow("a stop word is empty");
  });

  test("keep the blank that a tokenizer drops at the beginning of a text", async () => {
    const words = ["▁the", "▁cat", "s"];
    const trimmed = {
      decode: (ids: ArrayLike<number>) =>
        Array.from(ids, (id) => words[id])
          .join("")
          .replaceAll("▁", " ")
          .trimStart(),
    };
    expect(await pieces(each([1, 2, 0]), trimmed, { before: [0] })).toEqual([" cat", "s", " the"]);
    expect(await pieces(each([1, 2, 0]), trimmed)).toEqual(["cat", "s", " the"]);
  });

  test("a character that is never finished is shown as such", async () => {
    expect((await pieces(each(letters.slice(0, 4)), bytes)).join("")).toBe("a \uFFFD");
  });
});
