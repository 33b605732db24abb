// The part of XML that annotation files use: elements, attributes (passed over), text, comments. What expands or refers to
// other files (DOCTYPE, entities) is refused, and so are files that are deep or large.

import { SinterError } from "#engine/base/error.ts";

/** An element, its own text and the elements in it. */
export interface XmlElement {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const maxDepth = 32;
const maxElements = 100_000;

interface OpenElement {
  readonly name: string;
  readonly line: number;
  text: string;
  readonly children: XmlElement[];
}

const piece =
  /<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([A-Za-z_][\w.:-]*)([^<>]*?)(\/?)>|[^<]+|</gu;

/**
 * The outermost element of a text.
 * @param path named in errors
 * @throws format naming the line; limit
 */
export function parseXml(text: string, path: string): XmlElement {
  const root: OpenElement = { name: "", line: 0, text: "", children: [] };
  const open: OpenElement[] = [root];
  let [line, numElements] = [1, 0];
  for (const [whole, data, slash, name, , isEmpty] of text.matchAll(piece)) {
    const where = `${path}:${line}`;
    const current = open.at(-1) ?? root;
    if (name !== undefined && slash === "/") close(open, name, where);
    else if (name !== undefined) {
      numElements += 1;
      checkBounds(open.length, numElements, where);
      const element: OpenElement = { name, line, text: "", children: [] };
      current.children.push(element);
      if (isEmpty !== "/") open.push(element);
    } else if (data !== undefined) current.text += data;
    else if (whole === "<") throw malformed(where, "a tag that is not closed, or a DOCTYPE, which is not read");
    else if (!whole.startsWith("<")) current.text += plainText(whole, where);
    line += whole.split("\n").length - 1;
  }
  const unclosed = open.at(-1) ?? root;
  if (unclosed !== root) throw malformed(`${path}:${unclosed.line}`, `<${unclosed.name}> has no end`);
  const [outermost, second] = root.children;
  if (outermost === undefined || second !== undefined || root.text.trim() !== "") {
    throw malformed(`${path}:1`, "expected one element around all others");
  }
  return outermost;
}

function close(open: OpenElement[], name: string, where: string): void {
  const closed = open.length > 1 ? open.pop() : undefined;
  if (closed?.name === name) return;
  throw malformed(where, `</${name}> closes ${closed === undefined ? "nothing" : `<${closed.name}>`}`);
}

function checkBounds(depth: number, numElements: number, where: string): void {
  if (depth <= maxDepth && numElements <= maxElements) return;
  throw new SinterError(
    "limit",
    `${where}: more than ${maxDepth} elements in each other, or ${maxElements} in all. It is no file of annotations.`,
    { depth, numElements },
  );
}

const characters: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function plainText(text: string, where: string): string {
  return text.replaceAll(/&([^;&\s]*);?/gu, (_, name: string) => {
    const number = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/iu.exec(name);
    const code =
      number === null ? -1 : Number.parseInt(number[1] ?? number[2] ?? "", number[1] === undefined ? 10 : 16);
    const character = code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : characters[name];
    if (character === undefined) throw malformed(where, `&${name}; stands for nothing that is known here`);
    return character;
  });
}

function malformed(where: string, problem: string): SinterError {
  return new SinterError("format", `${where}: ${problem}. Correct the XML, or save it again.`, { where });
}
