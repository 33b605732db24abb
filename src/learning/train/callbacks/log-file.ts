// A text file that grows by a line an epoch, and is cut back to what a restored run knows of it.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";

/** Lines of a file; the first one written makes it, or begins it anew. */
export class LogFile {
  readonly path: string;
  #numLines = 0;
  #isOpen = false;

  constructor(path: string) {
    this.path = path;
  }

  /** Lines that it has, as far as this run knows. */
  get numLines(): number {
    return this.#numLines;
  }

  /** Begins anew; the file is left as it is until the first line. */
  reset(): void {
    this.#numLines = 0;
    this.#isOpen = false;
  }

  /** Goes on after the lines that are there. */
  async keep(): Promise<void> {
    this.#numLines = (await this.#read())?.length ?? 0;
    this.#isOpen = this.#numLines > 0;
  }

  /** Drops the lines after the first `numLines`. @throws data when the file has fewer */
  async cutBack(numLines: number): Promise<void> {
    if (numLines === 0) return this.reset();
    const lines = (await this.#read()) ?? [];
    if (lines.length < numLines) {
      throw new SinterError(
        "data",
        `"${this.path}" has ${lines.length} lines, but the run wrote ${numLines}. Put the file back, or begin a new run.`,
        { path: this.path },
      );
    }
    if (lines.length > numLines) await this.#write(lines.slice(0, numLines));
    this.#numLines = numLines;
    this.#isOpen = true;
  }

  async append(line: string): Promise<void> {
    if (this.#isOpen) await platform().files.append(this.path, `${line}\n`);
    else await this.#write([line]);
    this.#isOpen = true;
    this.#numLines += 1;
  }

  async #write(lines: readonly string[]): Promise<void> {
    await platform().files.writeAtomically(this.path, lines.map((line) => `${line}\n`).join(""));
  }

  async #read(): Promise<string[] | undefined> {
    const { files } = platform();
    if ((await files.stat(this.path)) === undefined) return undefined;
    const lines = new TextDecoder().decode(await files.read(this.path)).split("\n");
    // What stands after the last line break is a line that was cut off, or nothing.
    lines.pop();
    return lines;
  }
}
