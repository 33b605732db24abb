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
export declare class SinterError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  constructor(code: ErrorCode, message: string, details?: Readonly<Record<string, unknown>>, cause?: unknown);
}
export declare class BugError extends SinterError {
  constructor(message: string, details?: Readonly<Record<string, unknown>>);
}
export declare function messageOf(thrown: unknown): string;
export declare function unreachable(value: never): never;
