// What every command is given when it is added to the program.

import type { ReportLanguage } from "#app/tasks/report/texts.ts";
import type { CliTexts } from "./texts.ts";

/** The language of a process, and where its exit code goes. */
export interface CommandContext {
  readonly language: ReportLanguage;
  readonly texts: CliTexts;
  /** Takes the exit code of a command that does not throw. */
  readonly finish: (exitCode: number) => void;
}
