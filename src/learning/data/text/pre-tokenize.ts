// How BERT's tokenizers clean a text and cut it into words, and how GPT-2's see it: as bytes written with visible
// characters. Pure functions of a text.

/** Which of BERT's changes are made. */
export interface BertCleaning {
  /** Small letters, and letters without their accents. */
  readonly lowercase: boolean;
}

/**
 * The text without control characters, each white space a blank, each Chinese character a word of its own.
 * @source Hugging Face tokenizers, BertNormalizer with clean_text and handle_chinese_chars
 */
export function cleanBert(text: string, { lowercase }: BertCleaning): string {
  const clean = text
    .replaceAll(/[\0\uFFFD]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, "")
    .replaceAll(/\p{White_Space}/gu, " ")
    .replaceAll(chinese, " $& ");
  return lowercase
    ? clean
        .normalize("NFD")
        .replaceAll(/\p{Mn}/gu, "")
        .toLowerCase()
    : clean;
}

/** The blocks that BERT takes for Chinese: unified ideographs, their extensions A to E, compatibility ideographs. */
const chinese =
  /[\u4E00-\u9FFF\u3400-\u4DBF\u{20000}-\u{2A6DF}\u{2A700}-\u{2B73F}\u{2B740}-\u{2B81F}\u{2B920}-\u{2CEAF}\uF900-\uFAFF\u{2F800}-\u{2FA1F}]/gu;

const punctuation = String.raw`\p{P}\x21-\x2F\x3A-\x40\x5B-\x60\x7B-\x7E`;
const bertWord = new RegExp(String.raw`[^\p{White_Space}${punctuation}]+|[${punctuation}]`, "gu");

/**
 * Words and single marks of punctuation, without white space.
 * @source Hugging Face tokenizers, BertPreTokenizer
 */
export function splitBert(text: string): string[] {
  return text.match(bertWord) ?? [];
}

const gpt2Word =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/**
 * Words with the blank before them, numbers, and runs of other characters.
 * @source Radford et al., Language models are unsupervised multitask learners (2019): the pattern of their encoder
 */
export function splitGpt2(text: string): string[] {
  return text.match(gpt2Word) ?? [];
}

/** A visible character for each byte: itself where Latin-1 has one, else one from U+0100 on. */
export const byteCharacters: readonly string[] = byteAlphabet();

function byteAlphabet(): string[] {
  const isVisible = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  let numHidden = 0;
  return Array.from({ length: 256 }, (_, byte) => {
    if (isVisible(byte)) return String.fromCharCode(byte);
    numHidden += 1;
    return String.fromCharCode(255 + numHidden);
  });
}

const encoder = new TextEncoder();

/** A text's UTF-8 bytes, each as its visible character. */
export function visibleBytes(text: string): string {
  return Array.from(encoder.encode(text), (byte) => byteCharacters[byte]).join("");
}
