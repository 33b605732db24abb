// glassllm's two language models (.npz of 16-bit floats) in sinter, beside the package's own NumPy code: the same tokens for a
// prompt, and the same greedy text, letter for letter. Needs .data/glassllm (node scripts/fetch-data.mjs glassllm), .peers and a build;
// asks pip for the package's code. Run: npm run build; node scripts/glassllm.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeDevice } from "sinter/engine";
import { textGenerator } from "sinter/tasks";
import { fetchWheel } from "./fetch-packages.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const data = join(root, ".data/glassllm");
const count = 60;
const prompts = [
  ["en", "Alice was beginning to"],
  ["en", "“Why,” said the Queen,\n"],
  ["en", "Once upon a time 3 cats"],
  ["pt", "Não consultes dicionários."],
  ["pt", "A casa era"],
];

const folder = mkdtempSync(join(tmpdir(), "sinter-glassllm-"));
try {
  fetchWheel(folder, "glassllm==0.1.0", "1611801c031d0fc300dc89d3c07cd6be56dc1784e38e24422b2242d0761a333b");
  const python = join(root, ".peers/python/bin/python");
  const answer = execFileSync(python, [join(root, "scripts/glassllm-texts.py"), data, String(count)], {
    input: JSON.stringify(prompts),
    env: { ...process.env, PYTHONPATH: folder },
  });
  const expected = JSON.parse(answer);
  for (const [place, [language, prompt]] of prompts.entries()) {
    const writer = await textGenerator.load(join(data, `${language}.npz`));
    const ids = Array.from(writer.tokenizer.encode(prompt).ids.data);
    const text = await writer.generate(prompt, { temperature: 0, maxNewTokens: count });
    const { ids: theirIds, text: theirText } = expected[place];
    const isEqual = text === theirText && ids.join() === theirIds.join();
    if (!isEqual) process.exitCode = 1;
    console.log(
      `${language} ${JSON.stringify(prompt)}: ${isEqual ? "equal" : "DIFFERENT"}, ${ids.length} + ${count} tokens`,
    );
    console.log(`  ${JSON.stringify(text)}${isEqual ? "" : `\n  ${JSON.stringify(theirText)}`}`);
  }
  await closeDevice();
} finally {
  rmSync(folder, { recursive: true });
}
