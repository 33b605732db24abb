// Draws what a terminal showed as an SVG: of a recording by `script`, up to a piece of text, with the line that was under way.
// Run: script -qfc "npx sinter train photos …" recording; node scripts/terminal-picture.mjs recording "epoch 3/4  step 27" docs/pictures/progress.svg
import { readFileSync, writeFileSync } from "node:fs";

const [, , recording, until, target] = process.argv;
if (target === undefined) {
  console.error("terminal-picture: give a recording, the text to stop at, and the file to write.");
  process.exit(2);
}
const escape = "\u001B";
const size = { character: 8.43, line: 20, font: 14, margin: 16 };
const colours = { 36: "#56c7d6", 32: "#7bd88f", 31: "#f47a7a", 33: "#e5c07b" };

/** The text up to the end of the line that holds `stop` for the first time. */
function cut(text, stop) {
  const at = text.indexOf(stop);
  if (at < 0) throw new Error(`terminal-picture: "${stop}" is not in the recording.`);
  const ends = ["\r", "\n"].map((end) => text.indexOf(end, at)).filter((end) => end >= 0);
  return text.slice(0, Math.min(...ends));
}

/** Lines as a terminal keeps them: each a list of pieces of one colour. */
function linesOf(text) {
  const lines = [[]];
  let colour;
  const pieces = new RegExp(`${escape}\\[[\\d;]*[A-Za-z]|\\r|\\n|[^${escape}\\r\\n]+`, "g");
  for (const [part] of text.matchAll(pieces)) {
    if (part === "\n") lines.push([]);
    else if (part === `${escape}[2K`) lines[lines.length - 1] = [];
    else if (part.startsWith(escape)) colour = colours[part.slice(2, -1)];
    else if (part !== "\r") lines.at(-1).push({ part, colour });
  }
  return lines;
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

function draw(lines) {
  const numColumns = Math.max(...lines.map((line) => line.reduce((sum, { part }) => sum + part.length, 0)));
  const width = Math.ceil(numColumns * size.character + 2 * size.margin);
  const height = lines.length * size.line + 2 * size.margin;
  const rows = lines.map((line, row) => {
    const y = size.margin + size.font + row * size.line;
    const spans = line.map(({ part, colour }) =>
      colour === undefined ? escaped(part) : `<tspan fill="${colour}">${escaped(part)}</tspan>`,
    );
    return `<text x="${size.margin}" y="${y}" xml:space="preserve">${spans.join("")}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    "<title>sinter train, in a terminal</title>",
    `<rect width="100%" height="100%" rx="8" fill="#16181d"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${size.font}" fill="#d7dae0">`,
    ...rows,
    "</g>",
    "</svg>",
  ].join("\n");
}

const text = readFileSync(recording, "utf8").replace(/^Script started.*\n/, "");
writeFileSync(target, `${draw(linesOf(cut(text, until)))}\n`);
