// The page docs/compatibility.md: every name of Keras beside sinter's, made of the closed lists in src/, of Keras's names and cases in
// test/golden/, and of compatibility-notes.mjs. `node scripts/compatibility.mjs` writes it; test/golden/compatibility.test.ts
// fails when it differs.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import { families, heldAs, notes, remarks, untested } from "./compatibility-notes.mjs";
import { root } from "./freshness.mjs";

const golden = join(root, "test/golden");
export const pagePath = join(root, "docs/compatibility.md");

/** Where each group's closed list stands, and what users write before a name. */
export const groups = [
  { key: "layers", title: "Layers", path: "learning/nn/layers.ts", list: "layers", call: "layers." },
  { key: "losses", title: "Losses", path: "learning/train/losses.ts", list: "losses", call: "losses." },
  { key: "metrics", title: "Metrics", path: "learning/train/metrics.ts", list: "metrics", call: "metrics." },
  {
    key: "optimizers",
    title: "Optimizers",
    path: "learning/optim/optimizers.ts",
    list: "optimizers",
    call: "optimizers.",
  },
  { key: "schedules", title: "Schedules", path: "learning/optim/schedules.ts", list: "schedules", call: "schedules." },
  {
    key: "initializers",
    title: "Initializers",
    path: "learning/nn/initializers.ts",
    list: "initializers",
    call: "initializers.",
  },
  {
    key: "regularizers",
    title: "Regularizers",
    path: "learning/nn/regularizers.ts",
    list: "regularizers",
    call: "regularizers.",
  },
  {
    key: "constraints",
    title: "Constraints",
    path: "learning/nn/constraints.ts",
    list: "constraints",
    call: "constraints.",
  },
  {
    key: "callbacks",
    title: "Callbacks",
    path: "learning/train/callbacks/callbacks.ts",
    list: "callbacks",
    call: "callbacks.",
  },
  { key: "activations", title: "Activations", path: "learning/nn/activations.ts", list: "activationNames", call: "" },
];

/** The names in a constant of a source: keys of an object (spread objects too), or words of a list. */
function namesIn(path, constant) {
  const { program } = parseSync(path, readFileSync(path, "utf8"));
  for (const statement of program.body) {
    const declared = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    const found = declared?.declarations?.find(({ id }) => id.name === constant);
    if (found !== undefined) return namesOf(found.init, path, program);
    const imported =
      statement.type === "ImportDeclaration" && statement.specifiers.find(({ local }) => local.name === constant);
    if (imported) return namesIn(sourceOf(path, statement.source.value), imported.imported.name);
  }
  throw new Error(`compatibility: ${path} has no ${constant}.`);
}

function namesOf(node, path) {
  if (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression") return namesOf(node.expression, path);
  if (node.type === "ArrayExpression") {
    return node.elements.flatMap((one) =>
      one.type === "SpreadElement" ? namesIn(path, one.argument.name) : [one.value],
    );
  }
  return node.properties.flatMap((one) =>
    one.type === "SpreadElement" ? namesIn(path, one.argument.name) : [one.key.name ?? one.key.value],
  );
}

function sourceOf(path, specifier) {
  return specifier.startsWith("#") ? join(root, "src", specifier.slice(1)) : join(dirname(path), specifier);
}

/** The closed lists, read from the sources. */
export function closedLists() {
  return Object.fromEntries(groups.map(({ key, path, list }) => [key, namesIn(join(root, "src", path), list)]));
}

/** Every word that names something in a golden file: its own name, keys, and texts that are one word or begin with one. */
function goldenWords() {
  const words = new Set();
  const enter = (value) => {
    if (typeof value === "string") words.add(value.split(" ")[0]);
    else if (Array.isArray(value)) value.forEach(enter);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        words.add(key);
        if (key !== "base64") enter(inner);
      }
    }
  };
  const files = readdirSync(golden).filter((name) => name.endsWith(".json") && name !== "keras-names.json");
  for (const name of files) {
    words.add(name.replace(".json", "").replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase()));
    enter(JSON.parse(readFileSync(join(golden, name), "utf8")));
  }
  return words;
}

const plain = (name) => name.replaceAll("_", "").toLowerCase();
const code = (text) => `\`${text}\``;

/** One name of Keras: what it is here, and how. */
function rowOf({ key, call }, { name, aliases }, names, words) {
  const said = notes[key][name] ?? {};
  const own = names.find((one) => [name, ...aliases].some((other) => plain(other) === plain(one)));
  // What says where else a name is found is over once the list has it.
  const isOver = own !== undefined && said.as !== undefined && said.as !== call + own;
  const note = isOver ? {} : said;
  const keras = [name, ...aliases].map(code).join(", ");
  if (own === undefined && note.as !== undefined)
    return { status: "differs", cells: [keras, code(note.as), `differs: ${note.differs}`] };
  if (own === undefined) {
    const why = note.absent ?? families[key]?.find(([pattern]) => pattern.test(name))?.[1];
    if (why === undefined)
      throw new Error(`compatibility: ${name} is absent. Say why in scripts/compatibility-notes.mjs.`);
    return { status: "absent", cells: [keras, "", `absent: ${why}`] };
  }
  const held = untested[key]?.[own];
  if (held === undefined && !words.has(heldAs[key]?.[own] ?? own)) {
    throw new Error(
      `compatibility: ${own} is in no golden file. Add cases, or say in compatibility-notes.mjs what holds it.`,
    );
  }
  const how = [
    note.differs === undefined ? "there" : `differs: ${note.differs}`,
    ...(held === undefined ? [] : [held]),
  ];
  return {
    status: note.differs === undefined ? "there" : "differs",
    cells: [keras, code(call + own), how.join("; ")],
    own,
  };
}

function section(group, keras, names, words) {
  const rows = keras.map((one) => rowOf(group, one, names, words));
  const known = new Set(rows.map(({ own }) => own));
  const others = names.filter(
    (name) =>
      !known.has(name) &&
      !keras.some((one) => [one.name, ...one.aliases].some((other) => plain(other) === plain(name))),
  );
  const count = (status) => rows.filter((row) => row.status === status).length;
  const counts = { there: count("there"), differs: count("differs"), absent: count("absent") };
  const lines = [
    `## ${group.title}`,
    "",
    `${counts.there} there, ${counts.differs} differ, ${counts.absent} absent.`,
    "",
    ...(remarks[group.key] === undefined ? [] : [remarks[group.key], ""]),
    "| Keras | sinter | |",
    "|---|---|---|",
    ...rows.map(({ cells }) => `| ${cells.join(" | ")} |`),
    "",
    ...(others.length === 0 ? [] : [`sinter's own: ${others.map((name) => code(group.call + name)).join(", ")}.`, ""]),
  ];
  return { lines, counts };
}

/** The page. @param lists the closed lists, by group */
export function renderPage(lists = closedLists()) {
  const keras = JSON.parse(readFileSync(join(golden, "keras-names.json"), "utf8"));
  const words = goldenWords();
  const sections = groups.map((group) => ({ group, ...section(group, keras[group.key], lists[group.key], words) }));
  const introduction = [
    "# Compatibility with Keras",
    "",
    `Every name of Keras ${keras.versions.keras} beside sinter's, written by \`scripts/compatibility.mjs\` from the closed lists in the sources. A name that is`,
    "there has Keras's options in camelCase (but for name and dtype), its defaults and its numbers, which golden files in `test/golden` hold.",
    "",
    "| | there | differ | absent |",
    "|---|---|---|---|",
    ...sections.map(
      ({ group, counts }) => `| ${group.title} | ${counts.there} | ${counts.differs} | ${counts.absent} |`,
    ),
    "",
  ];
  return `${[...introduction, ...sections.flatMap(({ lines }) => lines)].join("\n").trim()}\n`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  writeFileSync(pagePath, renderPage());
  console.log("compatibility: docs/compatibility.md");
}
