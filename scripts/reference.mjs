// The reference: docs/reference/ holds a page for each door, made of the declarations' docstrings. `npm run reference` writes
// the pages; with --check it fails when they differ.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "oxfmt";
import { docBefore, namesOf, openFile, plainText, resolve } from "./declarations.mjs";
import { publicDoors } from "./doors.mjs";
import { root } from "./freshness.mjs";

const types = join(root, "dist/types");
const folder = join(root, "docs/reference");
const headings = { param: "", returns: "Gives", throws: "Throws", source: "Source" };

/** Text that shows type and names as they are. */
const code = (text) => `\`${text.replaceAll("`", "'")}\``;

function renderDoc(doc) {
  if (doc === undefined) return [];
  const lines = doc.description === "" ? [] : [doc.description, ""];
  const listed = doc.tags.filter(({ tag }) => tag !== "example");
  for (const { tag, text } of listed) {
    const [, name, rest] = /^(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
    lines.push(tag === "param" ? `- ${code(name)}: ${rest}` : `- ${headings[tag]}: ${text}`);
  }
  if (listed.length > 0) lines.push("");
  for (const { tag, text } of doc.tags) if (tag === "example") lines.push("```ts", text, "```", "");
  return lines;
}

async function renderCode(text) {
  const { code: formatted } = await format("reference.d.ts", text, { printWidth: 110 });
  return ["```ts", formatted.trim(), "```", ""];
}

const signatureOf = ({ file, start, end }) =>
  plainText(file, start, end)
    .replace(/^export (declare )?/, "")
    .replace(/^declare /, "");

/** Declarations of one name: code first, then what the docstrings say. */
async function renderDeclarations(title, level, declarations) {
  const [first] = declarations;
  const docs = declarations.flatMap(({ file, start }) => renderDoc(docBefore(file, start)));
  const isFunction = first.node.type === "TSDeclareFunction";
  const text = isFunction ? declarations.map(signatureOf).join("\n") : commentedText(first);
  return [
    `${"#".repeat(level)} ${title}`,
    "",
    ...(await renderCode(text)),
    ...docs,
    ...declarations.slice(0, 1).flatMap(renderOptions),
  ];
}

/** A type keeps the comments on its members. */
function commentedText({ file, start, end }) {
  return file.text.slice(start, end).replace(/^export (declare )?/, "");
}

/** The options that a function takes, with those that they inherit. */
function renderOptions({ file, node }) {
  const lines = (node.params ?? []).flatMap((param) => {
    const type = param.typeAnnotation?.typeAnnotation ?? param.left?.typeAnnotation?.typeAnnotation;
    const name = type?.typeName?.name;
    return name?.endsWith("Options") ? membersOf(file.path, name) : [];
  });
  const own = [...new Map(lines.map((line) => [line.name, line])).values()];
  return own.length === 0 ? [] : ["Options:", "", ...own.map(({ text }) => text), ""];
}

function membersOf(path, name) {
  const [declaration] = resolve(path, name);
  const { node, file } = declaration ?? {};
  if (node?.type !== "TSInterfaceDeclaration") return [];
  const inherited = (node.extends ?? []).flatMap(({ expression }) => membersOf(file.path, expression.name ?? ""));
  const own = node.body.body.flatMap((member) => {
    if (member.type !== "TSPropertySignature") return [];
    const type = member.typeAnnotation?.typeAnnotation;
    const text = type === undefined ? "" : plainText(file, type.start, type.end).replace(/ \| undefined$/, "");
    const doc = docBefore(file, member.start);
    const said = doc === undefined ? "" : ` — ${doc.description}`;
    return [
      { name: member.key.name, text: `- ${code(`${member.key.name}${member.optional ? "?" : ""}: ${text}`)}${said}` },
    ];
  });
  return [...own, ...inherited];
}

/** The functions of an object of functions, such as `layers`; undefined where it is something else. */
function groupOf({ file, node }) {
  const type = node.declarations?.[0]?.id.typeAnnotation?.typeAnnotation;
  if (type?.type !== "TSTypeLiteral") return undefined;
  const members = type.members.map((member) => ({ file, member, type: member.typeAnnotation?.typeAnnotation }));
  const isOfFunctions = members.some((one) => one.type?.type === "TSTypeQuery");
  return isOfFunctions ? members : undefined;
}

async function renderGroup(name, declaration, members) {
  const lines = [`## ${name}`, "", ...renderDoc(docBefore(declaration.file, declaration.start))];
  for (const { file, member, type } of members) {
    const title = `${name}.${member.key.name}`;
    const found = type.type === "TSTypeQuery" ? resolve(file.path, type.exprName.name) : [];
    if (found.length > 0) lines.push(...(await renderDeclarations(title, 3, found)));
    else {
      lines.push(
        `### ${title}`,
        "",
        ...(await renderCode(`const ${member.key.name}: ${plainText(file, type.start, type.end)}`)),
      );
      lines.push(...renderDoc(docBefore(file, member.start)));
    }
  }
  return lines;
}

async function renderNames(path, prefix = "") {
  const lines = [];
  const { names, namespaces } = namesOf(path);
  for (const name of [...new Set(names)].toSorted((a, b) => a.localeCompare(b, "en"))) {
    const declarations = resolve(path, name);
    const [first] = declarations;
    if (first === undefined) throw new Error(`reference: ${path} names ${name}, which is nowhere declared.`);
    const group = groupOf(first);
    if (group === undefined) lines.push(...(await renderDeclarations(prefix + name, 2, declarations)));
    else lines.push(...(await renderGroup(prefix + name, first, group)));
  }
  for (const [name, target] of namespaces) lines.push(...(await renderNames(target, `${name}.`)));
  return lines;
}

/** What a door is, by the first line of its file. */
function introductionOf(door) {
  const source = readFileSync(join(root, `src/entry/${door}.ts`), "utf8");
  return /^\/\/ The door [\w/]+: (.*)$/m.exec(source)?.[1] ?? "";
}

async function pages() {
  const doors = publicDoors.filter((door) => door !== "main");
  const found = new Map();
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  for (const door of doors) {
    const lines = [
      `# sinter/${door}`,
      "",
      capital(introductionOf(door)),
      "",
      ...(await renderNames(join(types, `entry/${door}.d.ts`))),
    ];
    found.set(`${door}.md`, `${lines.join("\n").trim()}\n`);
  }
  const inMain = namesOf(openFile(join(types, "entry/main.d.ts")).path).names;
  if (inMain.length === 0) throw new Error("reference: the door sinter gives no names.");
  const list = doors.map((door) => `- [sinter/${door}](${door}.md): ${introductionOf(door)}`);
  const index = [
    "# Reference",
    "",
    "Every public name with its signature, written from the docstrings by `npm run reference`. The door `sinter` gives all names of",
    "engine, nn, optim, train and data; tasks and formats have doors of their own.",
    "",
    ...list,
  ];
  found.set("README.md", `${index.join("\n")}\n`);
  return found;
}

const now = await pages();
if (process.argv.includes("--check")) {
  const isThere = (name) => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch {
      return undefined;
    }
  };
  const changed = [...now].filter(([name, text]) => isThere(name) !== text).map(([name]) => name);
  const stale = readdirSync(folder).filter((name) => !now.has(name));
  if (changed.length + stale.length > 0) {
    console.error(`docs/reference is stale: ${[...changed, ...stale].join(", ")}. Run npm run reference.`);
    process.exit(1);
  }
} else {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of now) writeFileSync(join(folder, name), text);
}
console.log(`reference: ${now.size} pages`);
