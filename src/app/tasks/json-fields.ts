// Fields of JSON that came from a file: looked at with mistrust.

/** A finite number by name; undefined for anything else. */
export function numberIn(value: Readonly<Record<string, unknown>> | undefined, name: string): number | undefined {
  const found = value?.[name];
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

/** A text by name; undefined for anything else. */
export function textIn(value: Readonly<Record<string, unknown>> | undefined, name: string): string | undefined {
  const found = value?.[name];
  return typeof found === "string" ? found : undefined;
}
