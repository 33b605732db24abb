// The one family of errors: a stable code, a message that says what came, what was expected and the way out, and
// the values as fields. Never prints; never used for control flow.

/** Stable codes; programs may branch on them, messages may change. */
export type ErrorCode =
  | "shape"
  | "dtype"
  | "value"
  | "option"
  | "state"
  | "device"
  | "memory"
  | "trace"
  | "format"
  | "file"
  | "data"
  | "limit"
  | "aborted"
  | "missing"
  | "bug";

/** An error that a user can act on. `code` is stable; `details` holds the values that the message names. */
export class SinterError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "SinterError";
    this.code = code;
    this.details = details;
  }
}

/** Something that cannot happen did: a defect of sinter, never of its user. */
export class BugError extends SinterError {
  constructor(message: string, details: Readonly<Record<string, unknown>> = {}) {
    super("bug", `${message} This is a defect of sinter: please report it with the program that led here.`, details);
    this.name = "BugError";
  }
}

/** Gives the message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Closes a `switch` over a discriminated union: reached only when a case is missing. */
export function unreachable(value: never): never {
  throw new BugError(`Unexpected case ${JSON.stringify(value)}.`);
}
