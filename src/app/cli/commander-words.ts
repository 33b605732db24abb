// Commander's own words in other languages, by its hooks: titles and descriptions of help, and its errors.

import type { Command } from "commander";
import { fill, type ReportLanguage } from "#app/tasks/report/texts.ts";
import { displayWidth } from "./output.ts";

/** Commander's lines as it writes them, and what they say instead. */
type PhraseBook = Readonly<Record<string, string>>;

const books: Readonly<Record<ReportLanguage, PhraseBook>> = {
  en: {},
  zh: {
    "Usage:": "用法：",
    "Arguments:": "参数：",
    "Options:": "选项：",
    "Global Options:": "通用选项：",
    "Commands:": "命令：",
    "[options]": "[选项]",
    "[command]": "[命令]",
    "display help for command": "显示命令的帮助",
    "output the version number": "显示版本号",
    "{text} (default: {value})": "{text}（默认：{value}）",
    "(Did you mean one of {words}?)": "（是否想用其中之一：{words}？）",
    "(Did you mean {word}?)": "（是否想用 {word}？）",
    "error: unknown command '{command}'": "错误：未知命令 '{command}'",
    "error: unknown option '{option}'": "错误：未知选项 '{option}'",
    "error: missing required argument '{argument}'": "错误：缺少参数 '{argument}'",
    "error: option '{option}' argument missing": "错误：选项 '{option}' 缺少值",
    "error: option '{option}' argument '{value}' is invalid. {advice}":
      "错误：选项 '{option}' 的值 '{value}' 无效。{advice}",
    "error: too many arguments for '{command}'. Expected {expected} argument{s} but got {given}.":
      "错误：'{command}' 的参数过多。应有 {expected} 个，给出了 {given} 个。",
  },
};

/** Makes a program, and the commands that are added to it from now on, speak a language. */
export function speak(program: Command, language: ReportLanguage): void {
  const book = books[language];
  const translate = (text: string): string =>
    text
      .split("\n")
      .map((line) => translateLine(line, book))
      .join("\n");
  program
    .configureHelp({
      showGlobalOptions: true,
      displayWidth,
      styleTitle: translate,
      styleDescriptionText: translate,
      styleOptionText: translate,
      styleArgumentText: translate,
      styleSubcommandText: translate,
    })
    .configureOutput({ outputError: (text, write) => write(translate(text)) });
}

function translateLine(line: string, book: PhraseBook): string {
  for (const [phrase, translation] of Object.entries(book)) {
    const values = valuesIn(line, phrase);
    if (values !== undefined) return fill(translation, values);
  }
  return line;
}

/** What stands in a line where a phrase has {names}: what `fill` does, backwards. */
function valuesIn(line: string, phrase: string): Readonly<Record<string, string>> | undefined {
  const pattern = phrase.replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{(\w+)\}/g, "(?<$1>.*?)");
  const match = new RegExp(`^${pattern}$`, "u").exec(line);
  return match === null ? undefined : { ...match.groups };
}
