// The package's doors: the one list that the build, the exports of package.json, api/ and the house's tests follow.
// Each door is src/entry/NAME.ts; package.json "exports" names it `.` (main) or `./NAME`.

/** Doors that a program imports, on Node and in a page. */
export const publicDoors = ["main", "engine", "nn", "optim", "train", "data", "formats", "zoo", "tasks"];

/** Programs beside the doors, Node alone: the command line, and the hooks that let Node 20 import TypeScript. */
export const nodePrograms = {
  cli: "src/app/cli/main.ts",
  loader: "src/entry/loader.ts",
  "loader-hooks": "src/entry/loader-hooks.ts",
};

/** The value of package.json "exports". */
export function exportsOfPackage() {
  const exports = {};
  for (const door of publicDoors) {
    exports[door === "main" ? "." : `./${door}`] = {
      types: `./dist/types/entry/${door}.d.ts`,
      browser: `./dist/browser/${door}.js`,
      default: `./dist/node/${door}.js`,
    };
  }
  exports["./loader"] = { types: "./dist/types/entry/loader.d.ts", default: "./dist/node/loader.js" };
  exports["./package.json"] = "./package.json";
  return exports;
}
