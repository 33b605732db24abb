// The words of the command line: one table a language. What the library says of errors stays in English.

import type { ReportLanguage } from "#app/tasks/report/texts.ts";
import { helpEnglish } from "./help-en.ts";
import { helpChinese } from "./help-zh.ts";
import { english } from "./text-en.ts";
import { chinese } from "./text-zh.ts";

/** Every text of the command line, by key. */
export type CliTexts = Readonly<Record<keyof typeof english | keyof typeof helpEnglish, string>>;

const tables: Readonly<Record<ReportLanguage, CliTexts>> = {
  en: { ...english, ...helpEnglish },
  zh: { ...chinese, ...helpChinese },
};

/** The texts of a language. */
export function cliTexts(language: ReportLanguage): CliTexts {
  return tables[language];
}
