// JSON of files from elsewhere: bounded before it is parsed, read field by field with the place named in every error. Keys
// are only ever looked up as own ones, so that none reaches a prototype.

import { isRecord } from "#engine/base/is-record.ts";
import { messageOf, SinterError } from "#engine/base/error.ts";

/** A value of a file and where it stands there. */
export interface Field {
  readonly value: unknown;
  readonly path: string;
}

const maxBytes = 64 * 2 ** 20;
/** A model in a model takes about six levels. */
const maxDepth = 200;
const maxShown = 60;

/**
 * The JSON of a file.
 * @param name of the file, for errors
 * @throws format for anything but UTF-8 JSON within the bounds
 */
export function parseJson(bytes: Uint8Array, name: string): Field {
  if (bytes.length > maxBytes) throw wrong(name, `${bytes.length} bytes`, `at most ${maxBytes}`);
  checkDepth(bytes, name);
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return { value, path: name };
  } catch (error) {
    throw wrong(name, messageOf(error).slice(0, 200), "JSON in UTF-8");
  }
}

/** Brackets outside of texts; what is no JSON the parser finds. */
function checkDepth(bytes: Uint8Array, name: string): void {
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inText) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inText = false;
    } else if (byte === 0x22) inText = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > maxDepth) throw wrong(name, `more than ${maxDepth} levels`, `at most ${maxDepth}`);
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
}

/** A member; its value is undefined where there is none. @throws format when the field is no object */
export function member(field: Field, name: string): Field {
  if (!isRecord(field.value)) throw unfit(field, "an object");
  const value = Object.hasOwn(field.value, name) ? field.value[name] : undefined;
  return { value, path: `${field.path}: ${name}` };
}

/** Whether nothing, or null, stands there. */
export function isMissing({ value }: Field): boolean {
  return value === undefined || value === null;
}

/** Members in the file's order. @throws format when the field is no object */
export function membersOf(field: Field): [name: string, member: Field][] {
  const { value, path } = field;
  if (!isRecord(value)) throw unfit(field, "an object");
  return Object.keys(value).map((name) => [name, { value: value[name], path: `${path}: ${name}` }]);
}

/** Items of a list. @throws format */
export function itemsOf(field: Field, most: number): Field[] {
  const { value, path } = field;
  if (!Array.isArray(value)) throw unfit(field, "a list");
  if (value.length > most) throw wrong(path, `${value.length} items`, `at most ${most}`);
  return value.map((item: unknown, index) => ({ value: item, path: `${path}[${index}]` }));
}

/** A text. @throws format */
export function textOf(field: Field): string {
  if (typeof field.value !== "string") throw unfit(field, "a text");
  return field.value;
}

/** A finite number. @throws format */
export function numberOf(field: Field): number {
  if (typeof field.value !== "number" || !Number.isFinite(field.value)) throw unfit(field, "a number");
  return field.value;
}

/** A whole number from 0 on. @throws format */
export function countOf(field: Field): number {
  const count = numberOf(field);
  if (!Number.isSafeInteger(count) || count < 0) throw unfit(field, "a count");
  return count;
}

/** What an error says of a field that is not what it must be. */
export function unfit({ value, path }: Field, expected: string): SinterError {
  return wrong(path, shown(value), expected);
}

/** What an error says of what stands at a place. */
export function wrong(path: string, what: string, expected: string): SinterError {
  return new SinterError(
    "format",
    `${path}: ${what}, expected ${expected}. The file is damaged or something else; fetch or convert it again.`,
    { path },
  );
}

/** Never the whole of a large value. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (isRecord(value)) return "an object";
  return JSON.stringify(typeof value === "string" ? value.slice(0, maxShown) : value);
}
