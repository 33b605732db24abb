// Tells objects of parsed JSON from its other values.

/** Whether a value is an object with fields, no list and not null. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
