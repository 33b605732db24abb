// Constants that lie behind a kernel's code, each once, at its natural alignment.

import type { ByteWriter } from "#engine/target/byte-writer.ts";

/** Where code is written. */
export interface CodeWriter {
  readonly writer: ByteWriter;
  /** Marks where a label stands. */
  label(label: number): void;
}

export class ConstantPool {
  readonly #newLabel: () => number;
  readonly #entries = new Map<string, { readonly label: number; readonly words: readonly number[] }>();

  constructor(newLabel: () => number) {
    this.#newLabel = newLabel;
  }

  /** The label of a run of words. */
  words(words: readonly number[]): number {
    const key = words.join();
    const known = this.#entries.get(key);
    if (known !== undefined) return known.label;
    const label = this.#newLabel();
    this.#entries.set(key, { label, words });
    return label;
  }

  /** Appends all constants, the longest first, so that alignment costs nothing. */
  write(code: CodeWriter): void {
    const { writer } = code;
    if (this.#entries.size > 0) while (writer.length % 64 !== 0) writer.byte(0xcc);
    const entries = [...this.#entries.values()].sort((a, b) => b.words.length - a.words.length);
    for (const { label, words } of entries) {
      code.label(label);
      for (const word of words) writer.integer(word);
    }
  }
}
