// Texts of cells as numbers, booleans and dates.

const numberForm = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const infinite = /^([+-]?)(?:inf|infinity)$/i;
/** ISO 8601: a day, with a time or without, with a zone or without. */
const dateForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A decimal number or infinity; undefined for another text. */
export function parseNumber(text: string, decimal: "." | ","): number | undefined {
  const plain = decimal === "," ? text.trim().replace(",", ".") : text.trim();
  if (numberForm.test(plain)) return Number(plain);
  const sign = infinite.exec(plain)?.[1];
  return sign === undefined ? undefined : sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** true and false in any case; undefined for another text. */
export function parseBoolean(text: string): number | undefined {
  const lower = text.trim().toLowerCase();
  return lower === "true" ? 1 : lower === "false" ? 0 : undefined;
}

/** Whether a text is a day, or a day with its time, in ISO 8601. */
export function isDate(text: string): boolean {
  return Number.isFinite(millisecondsOf(text));
}

/** Milliseconds since 1970; without a zone in UTC. NaN for another text. */
export function millisecondsOf(text: string): number {
  const match = dateForm.exec(text.trim());
  if (match === null) return Number.NaN;
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = "0", zone = "Z"] = match;
  const days = Date.UTC(Number(year), Number(month) - 1, Number(day));
  const isDay = new Date(days).getUTCDate() === Number(day) && Number(month) >= 1 && Number(month) <= 12;
  if (!isDay || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  const milliseconds = Math.floor(Number(`0.${fraction}`) * 1000);
  return days + ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000 + milliseconds - zoneOf(zone);
}

function zoneOf(zone: string): number {
  if (zone === "Z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}
