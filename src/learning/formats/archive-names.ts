// Which names an archive may hold: none that could leave a folder, on any system, or be taken for another. Never touches
// files.

import { SinterError } from "#engine/base/error.ts";

/** How strictly the names of an archive are read. */
export type NameRule = "paths" | "keys";

const maxNameLength = 1024;
const maxSegments = 64;
const deviceName = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:\..*)?$/;

/** Why a name is refused; undefined where it may stand. `paths` are safe as files on every system. */
export function faultOfName(name: string, rule: NameRule): string | undefined {
  if (name === "") return "an empty name";
  if (name.length > maxNameLength) return `a name of ${name.length} characters, at most ${maxNameLength}`;
  // Some systems read full-width dots and slashes as plain ones.
  for (const text of new Set([name, name.normalize("NFKC")])) {
    const fault = faultOfText(text, rule);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function faultOfText(name: string, rule: NameRule): string | undefined {
  if (Array.from(name, (character) => character.codePointAt(0) ?? 0).some(isControl))
    return "a control character in a name";
  if (name.includes("\\")) return "a backslash in a name";
  if (name.startsWith("/")) return "an absolute path";
  const segments = (name.endsWith("/") ? name.slice(0, -1) : name).split("/");
  if (segments.length > maxSegments) return `a path of ${segments.length} folders, at most ${maxSegments}`;
  for (const segment of segments) {
    const bare = bareSegment(segment);
    if (bare === "") return "a path with an empty part, or one of dots";
    if (/^[a-z]:/i.test(segment)) return "a drive letter";
    if (rule === "paths" && segment.includes(":")) return "a colon in a path";
    if (rule === "paths" && deviceName.test(bare.toLowerCase())) return "the name of a device";
  }
  return undefined;
}

/** Controls, and the marks that turn the direction of writing. */
function isControl(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069) ||
    (code >= 0xd800 && code < 0xe000)
  );
}

/** A part of a path as Windows opens it: dots and blanks at its end do not count. */
function bareSegment(segment: string): string {
  return segment.replace(/[. ]+$/, "");
}

/** What two names share that a file system may take for one. */
function clashKey(name: string, rule: NameRule): string {
  if (rule === "keys") return name;
  const path = name.endsWith("/") ? name.slice(0, -1) : name;
  const folded = path.normalize("NFKC").toLowerCase().toUpperCase().toLowerCase().normalize("NFKC");
  return folded.split("/").map(bareSegment).join("/");
}

/**
 * Checks all names of an archive.
 * @throws format where one may not stand, or two are the same file: equal, equal but for case, a file and its own folder
 */
export function checkNames(names: readonly string[], rule: NameRule): void {
  const files = new Map<string, string>();
  const folders = new Map<string, string>();
  for (const name of names) {
    const fault = faultOfName(name, rule);
    if (fault !== undefined) throw refused(name, fault);
    const key = clashKey(name, rule);
    const known = files.get(key);
    if (known !== undefined) throw refused(name, `a second entry beside ${JSON.stringify(known)}`);
    files.set(key, name);
    if (rule === "keys") continue;
    for (let end = key.indexOf("/"); end >= 0; end = key.indexOf("/", end + 1)) folders.set(key.slice(0, end), name);
  }
  for (const [folder, name] of folders) {
    const file = files.get(folder);
    if (file !== undefined && !file.endsWith("/")) throw refused(name, `${JSON.stringify(file)} as file and folder`);
  }
}

function refused(name: string, fault: string): SinterError {
  const shown = JSON.stringify(name.slice(0, 80));
  return new SinterError(
    "format",
    `archive: entry ${shown} is refused: ${fault}. Make the archive again with plain relative names.`,
    { name },
  );
}
