// `sinter convert`: a model or tensors in another format; says what is lost.

import type { Command } from "commander";
import { type Conversion, convertFile, convertTargets, type ConvertTarget } from "#app/tasks/convert-file.ts";
import { fill } from "#app/tasks/report/texts.ts";
import { closeDevice, SinterError } from "#entry/node.ts";
import { oneOf } from "./arguments.ts";
import type { CommandContext } from "./context.ts";
import { createOutput, plainText } from "./output.ts";
import type { CliTexts } from "./texts.ts";

interface ConvertFlags {
  readonly to?: ConvertTarget;
  readonly force?: boolean;
  readonly roundFloat64?: boolean;
  readonly json?: boolean;
}

/** Adds the command. */
export function addConvertCommand(program: Command, { texts }: CommandContext): void {
  program
    .command("convert")
    .description(texts.commandConvert)
    .argument("<IN>", texts.argumentConvertFrom)
    .argument("<OUT>", fill(texts.argumentConvertTo, { endings: ".safetensors, .npz, .npy, .keras, .onnx" }))
    .option(`--to <${convertTargets.join("|")}>`, texts.flagTo, oneOf(texts, convertTargets))
    .option("--force", texts.flagForce)
    .option("--round-float64", texts.flagRound)
    .option("--json", texts.flagJsonObject)
    .addHelpText("after", texts.afterConvert)
    .action((input: string, output: string, flags: ConvertFlags) => convert(input, output, flags, texts));
}

async function convert(input: string, path: string, flags: ConvertFlags, texts: CliTexts): Promise<void> {
  const output = createOutput(flags.json ?? false, texts);
  const float64 = flags.roundFloat64 === true ? "round" : "refuse";
  try {
    const done = await convertFile(input, path, { to: flags.to, overwrite: flags.force, float64 });
    output.event(done);
    if (!output.isJson) output.say(describe(texts, done));
  } catch (error) {
    throw inFlags(error);
  } finally {
    await closeDevice();
  }
}

/** What errors of the library call an option, in flags. */
const flagWords: readonly (readonly [RegExp, string])[] = [
  [/Read it with \{ float64: "round" \}/, "Give --round-float64"],
  [/have it written over/, "write over it with --force"],
  [/or say which: to\./, "or say which with --to."],
  [/Name the file of its weights\./, "Name the file of its weights with --weights."],
  [/Leave imageSize out/, "Leave --image-size out"],
  [/^(?:convertFile|similarPictures): /, ""],
];

/** The same error in the words of the command. */
export function inFlags(error: unknown): unknown {
  if (!(error instanceof SinterError)) return error;
  const message = flagWords.reduce((text, [option, flag]) => text.replace(option, flag), error.message);
  return new SinterError(error.code, message, error.details, error);
}

function describe(texts: CliTexts, { input, output, from, to, numTensors, lost }: Conversion): string {
  const names = { input: plainText(input), output: plainText(output), from, to };
  const first =
    numTensors === undefined ? fill(texts.converted, names) : fill(texts.convertedTensors, { ...names, numTensors });
  return [first, ...lost.map((what) => fill(texts.lost, { what }))].join("\n");
}
