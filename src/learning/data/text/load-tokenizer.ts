// The tokenizer of a model's folder: its tokenizer.json, or the vocab.txt that BERTs had before that.

import { messageOf, SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import { platform } from "#engine/platform/api.ts";
import { joinPath } from "#learning/data/scan-folder.ts";
import { tokenizer, type Tokenizer, type TokenizerOptions } from "#learning/data/text/tokenizer.ts";
import { wordPieceJson } from "#learning/data/text/train-tokenizer.ts";

/**
 * The tokenizer of a folder as transformers writes it. From a vocab.txt (one token a line) comes BERT's WordPiece, in small
 * letters unless tokenizer_config.json says `"do_lower_case": false`.
 * @throws file where neither file is there; format where one is damaged
 * @example
 * const words = await loadTokenizer("all-MiniLM-L6-v2");
 */
export async function loadTokenizer(folder: string, options: TokenizerOptions = {}): Promise<Tokenizer> {
  const { files } = platform();
  const bytesOf = async (name: string): Promise<Uint8Array | undefined> => {
    const path = joinPath(files, folder, name);
    return (await files.stat(path)) === undefined ? undefined : files.read(path);
  };
  const json = await bytesOf("tokenizer.json");
  if (json !== undefined) return tokenizer(json, options);
  const list = await bytesOf("vocab.txt");
  if (list === undefined) {
    throw new SinterError(
      "file",
      `"${folder}" has neither tokenizer.json nor vocab.txt. Put the tokenizer's file beside the model.`,
      { folder },
    );
  }
  const tokens = new TextDecoder().decode(list).split(/\r?\n/u);
  if (tokens.at(-1) === "") tokens.pop();
  const isLowercase = doesLowerCase(await bytesOf("tokenizer_config.json"), folder);
  return tokenizer(wordPieceJson(tokens, isLowercase), options);
}

function doesLowerCase(config: Uint8Array | undefined, folder: string): boolean {
  if (config === undefined) return true;
  try {
    const fields: unknown = JSON.parse(new TextDecoder().decode(config));
    return !isRecord(fields) || fields["do_lower_case"] !== false;
  } catch (error) {
    throw new SinterError(
      "format",
      `"${folder}": tokenizer_config.json is no JSON (${messageOf(error)}). Fetch the model again.`,
      { folder },
      error,
    );
  }
}
