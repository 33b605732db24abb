// The program `sinter`: parses, calls a task, prints; exit code 0 when done, 1 when it failed, 2 for wrong use.

import { Command, CommanderError } from "commander";
import { fill, reportLanguages, type ReportLanguage } from "#app/tasks/report/texts.ts";
import { installPlatform, messageOf, platform, SinterError } from "#entry/node.ts";
import { oneOf } from "./arguments.ts";
import { speak } from "./commander-words.ts";
import { addCompareCommand } from "./compare.ts";
import type { CommandContext } from "./context.ts";
import { addConvertCommand } from "./convert.ts";
import { addDataCommand } from "./data-check.ts";
import { addDoctorCommand } from "./doctor.ts";
import { packageVersion } from "./environment.ts";
import { addEmbedCommand } from "./embed.ts";
import { addEvaluateCommand } from "./evaluate.ts";
import { addGenerateCommand } from "./generate.ts";
import { addInspectCommand } from "./inspect.ts";
import { addRateCommand } from "./lr-find.ts";
import { addPredictCommand } from "./predict.ts";
import { addReportCommand } from "./report.ts";
import { addRunsCommand } from "./runs.ts";
import { cliTexts, type CliTexts } from "./texts.ts";
import { addSimilarCommand } from "./similar.ts";
import { addTrainCommand } from "./train.ts";

const done = 0;
const failed = 1;
const wrongUse = 2;

/**
 * Runs the command line.
 * @param args without the program's name
 * @returns the exit code
 */
export async function main(args: readonly string[]): Promise<number> {
  let exitCode = done;
  const finish = (code: number): void => {
    exitCode = code;
  };
  routeLibraryText(args.includes("--json"));
  const language = languageOf(args);
  const texts = cliTexts(language);
  const program = buildProgram({ language, texts, finish });
  try {
    await program.parseAsync(withoutUnknownValues(program, args), { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander raises an error for what is none, too: help and version were asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? done : wrongUse;
    return explain(texts, error, args.includes("--debug"));
  }
}

function buildProgram(context: CommandContext): Command {
  const { language, texts } = context;
  const program = new Command("sinter")
    .description(texts.program)
    .version(packageVersion("sinter") ?? "unknown", "-v, --version")
    .option("--debug", texts.flagDebug)
    .option("--language <en|zh>", texts.flagLanguage, oneOf(texts, reportLanguages), "en")
    .showHelpAfterError(texts.helpHint)
    .exitOverride();
  speak(program, language);
  addTrainCommand(program, context);
  addEvaluateCommand(program, context);
  addPredictCommand(program, context);
  addSimilarCommand(program, context);
  addEmbedCommand(program, context);
  addGenerateCommand(program, context);
  addDataCommand(program, context);
  addReportCommand(program, context);
  addRateCommand(program, context);
  addRunsCommand(program, context);
  addInspectCommand(program, context);
  addConvertCommand(program, context);
  addCompareCommand(program, context);
  addDoctorCommand(program, context);
  return program;
}

/** Of `--learningRate=1` the name alone, so that the nearest right one is found: the value would count as letters. */
function withoutUnknownValues(program: Command, args: readonly string[]): string[] {
  const commands = program.commands.flatMap((command) => [command, ...command.commands]);
  const known = new Set([program, ...commands].flatMap(({ options }) => options.map(({ long }) => long)));
  return args.map((arg) => {
    const [, name] = /^(--[^=]+)=/.exec(arg) ?? [];
    return name === undefined || known.has(name) ? arg : name;
  });
}

/** The language that was asked for, before anything is parsed: help and errors are in it, too. */
function languageOf(args: readonly string[]): ReportLanguage {
  const given = args.flatMap((arg, place) => {
    const [name, value = args[place + 1]] = arg.split("=", 2);
    return name === "--language" ? [value] : [];
  });
  return reportLanguages.find((language) => language === given.at(-1)) ?? "en";
}

/** With --json, standard output carries JSON alone: what the library says goes to standard error. */
function routeLibraryText(isJson: boolean): void {
  if (!isJson) return;
  const write = (text: string): void => void process.stderr.write(text);
  installPlatform({ ...platform(), output: { isTerminal: process.stderr.isTTY, write } });
}

/** Says what went wrong in one paragraph; gives the exit code. */
function explain(texts: CliTexts, error: unknown, isDebug: boolean): number {
  const isWrongUse = error instanceof SinterError && isFaultOfArguments(error);
  process.stderr.write(`${fill(texts.error, { message: messageOf(error) })}\n`);
  if (isDebug && error instanceof Error) process.stderr.write(`${error.stack ?? ""}\n`);
  else if (!(error instanceof SinterError)) process.stderr.write(`${texts.debugHint}\n`);
  return isWrongUse ? wrongUse : failed;
}

/** Options that are wrong, and paths that lead nowhere. */
function isFaultOfArguments({ code, details }: SinterError): boolean {
  return code === "option" || (code === "file" && details["code"] === undefined);
}
