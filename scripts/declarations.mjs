// Reads the emitted declarations (dist/types): what a file declares, what its names mean, and the comments before them.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseSync } from "oxc-parser";

const files = new Map();

/** A declaration file, parsed once. */
export function openFile(path) {
  if (!files.has(path)) files.set(path, parseFile(path));
  return files.get(path);
}

function parseFile(path) {
  const text = readFileSync(path, "utf8");
  const { program, comments } = parseSync(path, text);
  const file = {
    path,
    text,
    comments,
    declared: new Map(),
    links: new Map(),
    namespaces: new Map(),
    exported: new Set(),
    stars: [],
  };
  for (const statement of program.body) readStatement(file, statement);
  return file;
}

function readStatement(file, statement) {
  const target = statement.source && join(dirname(file.path), statement.source.value.replace(/\.js$/, ".d.ts"));
  switch (statement.type) {
    case "ImportDeclaration":
      for (const one of statement.specifiers) {
        if (one.type === "ImportSpecifier") file.links.set(one.local.name, { path: target, name: one.imported.name });
      }
      return;
    case "ExportAllDeclaration":
      if (statement.exported) file.namespaces.set(statement.exported.name, target);
      else file.stars.push(target);
      return;
    case "ExportNamedDeclaration":
      if (statement.declaration) {
        for (const name of declare(file, statement, statement.declaration)) file.exported.add(name);
      }
      for (const { local, exported } of statement.specifiers) {
        file.exported.add(exported.name);
        if (target) file.links.set(exported.name, { path: target, name: local.name });
      }
      return;
    default:
      declare(file, statement, statement);
  }
}

function declare(file, statement, node) {
  const names = node.declarations?.map((one) => one.id.name) ?? (node.id ? [node.id.name] : []);
  for (const name of names) {
    const before = file.declared.get(name) ?? [];
    file.declared.set(name, [...before, { file, name, node, start: statement.start, end: statement.end }]);
  }
  return names;
}

/** What a name means in a file: its declarations (an overloaded function has several), wherever they stand. */
export function resolve(path, name) {
  const file = openFile(path);
  const declared = file.declared.get(name);
  if (declared !== undefined) return declared;
  const link = file.links.get(name);
  if (link !== undefined) return resolve(link.path, link.name);
  for (const star of file.stars) {
    const found = resolve(star, name);
    if (found.length > 0) return found;
  }
  return [];
}

/** The names that a door gives, those of `export *` included, in the order of the files. */
export function namesOf(path) {
  const file = openFile(path);
  return {
    names: [...file.exported, ...file.stars.flatMap((star) => namesOf(star).names)],
    namespaces: file.namespaces,
  };
}

/** The doc comment before a node, as its text and its tags; undefined where there is none. */
export function docBefore(file, start) {
  const comment = file.comments.findLast(({ end }) => end <= start);
  const isDoc = comment?.type === "Block" && comment.value.startsWith("*");
  if (!isDoc || file.text.slice(comment.end, start).trim() !== "") return undefined;
  return parseDoc(comment.value.slice(1));
}

function parseDoc(comment) {
  const text = comment
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .trim();
  const [description, ...tagged] = text.split(/(?:^|\s)(?=@(?:param|returns|throws|source|example)\b)/);
  const tags = tagged.map((part) => {
    const [, tag, rest] = /^@(\w+)\s*([\s\S]*)$/.exec(part) ?? [];
    return { tag, text: tag === "example" ? rest.trim() : joined(rest) };
  });
  return { description: joined(description), tags };
}

function joined(text) {
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}

/** The text of a part of a file without comments, on one line. */
export function plainText({ text, comments }, start, end) {
  let rest = "";
  let at = start;
  for (const comment of comments) {
    if (comment.start < start || comment.end > end) continue;
    rest += text.slice(at, comment.start);
    at = comment.end;
  }
  return joined(rest + text.slice(at, end));
}
