// Where @huggingface/tokenizers reads a step otherwise than the reference (the Rust crate), the step is written so that
// both agree; what it cannot do is refused instead of done wrongly. Seen in its version 0.2.0.

import { SinterError } from "#engine/base/error.ts";
import { isRecord } from "#engine/base/is-record.ts";
import type { TokenizerJson, TokenizerStep } from "#learning/data/text/tokenizer-json.ts";

/** Marks of punctuation, as the reference sees them. */
const punctuation = String.raw`[\p{P}\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E]`;

/** What `\w` is in Rust. */
const wordLetters = String.raw`\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}`;

/** The same tokenizer, for the package. @throws format for steps that the package has not */
export function mendSteps(json: TokenizerJson): TokenizerJson {
  const { model, pre_tokenizer: cut } = json;
  const prefix = model.type === "BPE" ? model["continuing_subword_prefix"] : undefined;
  if (typeof prefix === "string" && prefix !== "") {
    throw refused(`byte pairs with continuing_subword_prefix ${JSON.stringify(prefix)}`);
  }
  return { ...json, pre_tokenizer: cut === null ? null : mendCut(cut) };
}

function mendCut(step: TokenizerStep): TokenizerStep {
  switch (step.type) {
    case "Sequence": {
      const steps = Array.isArray(step["pretokenizers"]) ? step["pretokenizers"] : [];
      return { ...step, pretokenizers: steps.map((part: unknown) => (isStep(part) ? mendCut(part) : part)) };
    }
    // The package's own knows the letters of English alone.
    case "Whitespace":
      return split(`[${wordLetters}]+|[^${wordLetters}\\s]+`, { behavior: "Removed", invert: true });
    case "Punctuation":
      return mendPunctuation(step["behavior"] ?? "Isolated");
    case "Digits":
      return split(step["individual_digits"] === true ? String.raw`\p{N}` : String.raw`\p{N}+`, isolated);
    case "Metaspace":
      return step["add_prefix_space"] === false && step["prepend_scheme"] === undefined
        ? { ...step, prepend_scheme: "never" }
        : step;
    case "Split":
      if (step["invert"] !== true) checkBehavior(step["behavior"]);
      return step;
    default:
      return step;
  }
}

const isolated = { behavior: "Isolated", invert: false };

function mendPunctuation(behavior: unknown): TokenizerStep {
  if (behavior === "Contiguous") return split(`${punctuation}+`, isolated);
  checkBehavior(behavior);
  return split(punctuation, { behavior: String(behavior), invert: false });
}

function checkBehavior(behavior: unknown): void {
  const name = String(behavior).toLowerCase();
  if (name !== "removed" && name !== "isolated") throw refused(`a split that is ${String(behavior)}`);
}

function split(pattern: string, options: { readonly behavior: string; readonly invert: boolean }): TokenizerStep {
  return { type: "Split", pattern: { Regex: pattern }, ...options };
}

function isStep(value: unknown): value is TokenizerStep {
  return isRecord(value) && typeof value["type"] === "string";
}

function refused(what: string): SinterError {
  return new SinterError("format", `tokenizer: ${what} is not read here. Use a tokenizer without it.`, { what });
}
