// Types of every realm: one tsc for each tsconfig/*.json but the base, all at once. Writes nothing.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const compiler = fileURLToPath(new URL("../node_modules/typescript/bin/tsc", import.meta.url));
export const realms = ["universal", "node", "browser", "test"];

/** Compiles one realm; gives its output and exit status. */
function compile(realm) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [compiler, "-p", `tsconfig/${realm}.json`, "--pretty", "false"], {
      cwd: root,
    });
    let output = "";
    child.stdout.on("data", (text) => (output += text));
    child.stderr.on("data", (text) => (output += text));
    child.on("close", (status) => resolve({ realm, output, status }));
  });
}

let isClean = true;
for (const { realm, output, status } of await Promise.all(realms.map(compile))) {
  // A realm whose rooms do not exist yet has no inputs (TS18003).
  const isEmpty = output.includes("TS18003");
  if (status !== 0 && !isEmpty) {
    isClean = false;
    console.error(`types of ${realm}:\n${output}`);
  }
}
if (!isClean) process.exit(1);
console.log(`types: ${realms.join(", ")}`);
