// `npm start`: the bundled example, end to end. `prestart` has installed and built what was missing.
// Options go on to the example: npm start -- --seeds 5
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./freshness.mjs";

const example = join("examples", "textures", "train.ts");
const { status } = spawnSync(process.execPath, ["--import", "sinter/loader", example, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exitCode = status ?? 1;
