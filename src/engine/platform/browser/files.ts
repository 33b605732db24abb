// A page has no files: every method says so and what to do instead.

import { SinterError } from "#engine/base/error.ts";
import type { FileSystem } from "#engine/platform/api.ts";

function missing(action: string): (path: string) => Promise<never> {
  return (path) =>
    Promise.reject(
      new SinterError(
        "missing",
        `${action} "${path}": a page has no files. Give bytes or blobs (an <input type="file"> has them) instead.`,
        { path },
      ),
    );
}

/** The files of a page: none. */
export const files: FileSystem = {
  separator: "/",
  relative: (_from, to) => to,
  from: (_folder, path) => path,
  read: missing("read"),
  readInto: missing("read"),
  open: missing("open"),
  writeAtomically: missing("write"),
  writeNew: missing("write"),
  writeUnsynced: missing("write"),
  append: missing("write"),
  list: missing("list"),
  stat: missing("read"),
  makeFolder: missing("make folder"),
  remove: missing("remove"),
  rename: missing("rename"),
  syncFolder: missing("write"),
};

/** SHA-256 in lower-case hexadecimal. @throws missing where the page is not served securely */
export async function sha256(bytes: Uint8Array): Promise<string> {
  const { subtle } = globalThis.crypto;
  if (typeof subtle === "undefined") {
    throw new SinterError("missing", "sha256: a page has it only over https or on localhost. Serve the page so.");
  }
  const digest = new Uint8Array(await subtle.digest("SHA-256", new Uint8Array(bytes)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
