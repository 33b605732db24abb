// The report's words: one table a language, and numbers as people read them.

import { chinese } from "./text-zh.ts";
import { english } from "./text-en.ts";

/** Every text of the report, by key. */
export type ReportTexts = Readonly<Record<keyof typeof english, string>>;

/** Languages of the report. */
export const reportLanguages = ["en", "zh"] as const;
export type ReportLanguage = (typeof reportLanguages)[number];

const tables: Readonly<Record<ReportLanguage, ReportTexts>> = { en: english, zh: chinese };

/** The texts of a language. */
export function textsOf(language: ReportLanguage): ReportTexts {
  return tables[language];
}

/** A text with its {names} filled in. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** 0.9123 → 91.2 %, not to be broken over two lines. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)}\u00a0%`;
}

/** Four digits after the point, or three that count of smaller numbers. */
export function decimal(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  return value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(2) : value.toFixed(4);
}

/** 1234567 → 1,234,567. */
export function grouped(count: number): string {
  return String(Math.round(count)).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** 1234567 → 1.23 M. */
export function scaled(count: number): string {
  const units = ["", " k", " M", " G", " T"];
  let [value, unit] = [count, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toPrecision(3)}${units[unit] ?? ""}`;
}

/** Bytes in MiB, or GiB from 1 GiB on. */
export function bytesText(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(2)} GiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

/** Joules, or watt-hours from one tenth on. */
export function energyText(joules: number): string {
  return joules >= 360 ? `${(joules / 3600).toFixed(2)} Wh` : `${joules.toFixed(1)} J`;
}

/** A duration in words of the language. */
export function durationText(texts: Pick<ReportTexts, "seconds" | "minutes" | "hours">, seconds: number): string {
  if (seconds < 60) return fill(texts.seconds, { seconds: seconds.toFixed(seconds < 10 ? 2 : 1) });
  const whole = Math.round(seconds);
  if (whole < 3600) return fill(texts.minutes, { minutes: Math.floor(whole / 60), seconds: whole % 60 });
  return fill(texts.hours, { hours: Math.floor(whole / 3600), minutes: Math.floor((whole % 3600) / 60) });
}
