// Constants that lie behind a kernel's code, each once, at its natural alignment.

import type { Encoder } from "./encoder.ts";

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
  write(encoder: Encoder): void {
    const { writer } = encoder;
    if (this.#entries.size > 0) while (writer.length % 64 !== 0) writer.byte(0xcc);
    const entries = [...this.#entries.values()].sort((a, b) => b.words.length - a.words.length);
    for (const { label, words } of entries) {
      encoder.label(label);
      for (const word of words) writer.integer(word);
    }
  }
}
