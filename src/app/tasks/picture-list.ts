// Pictures named on a command line: files as they are, folders as the pictures in them. Looks at names only.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";
import { findPictures } from "#learning/data/scan-folder.ts";

/**
 * The paths of pictures: a file is itself, a folder every picture below it, in order of name.
 * @throws file when a path leads nowhere; data when a folder holds no pictures
 */
export async function listPictures(paths: readonly string[]): Promise<string[]> {
  const { files } = platform();
  const lists = await Promise.all(
    paths.map(async (path) => {
      const found = await files.stat(path);
      if (found === undefined) {
        throw new SinterError("file", `"${path}" is not there. Check the path.`, { path });
      }
      if (found.kind !== "folder") return [path];
      const pictures = (await findPictures(files, path)).files;
      if (pictures.length > 0) return pictures;
      throw new SinterError("data", `"${path}" holds no pictures. Give pictures, or a folder of them.`, { path });
    }),
  );
  return lists.flat();
}
