import { english } from "./text-en.js";
export type ReportTexts = Readonly<Record<keyof typeof english, string>>;
export declare const reportLanguages: readonly ["en", "zh"];
export type ReportLanguage = (typeof reportLanguages)[number];
export declare function textsOf(language: ReportLanguage): ReportTexts;
export declare function fill(text: string, values: Readonly<Record<string, string | number>>): string;
export declare function percent(share: number): string;
export declare function decimal(value: number | null | undefined): string;
export declare function grouped(count: number): string;
export declare function scaled(count: number): string;
export declare function bytesText(bytes: number): string;
export declare function energyText(joules: number): string;
export declare function durationText(
  texts: Pick<ReportTexts, "seconds" | "minutes" | "hours">,
  seconds: number,
): string;
