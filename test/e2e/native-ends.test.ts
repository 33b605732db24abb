// How a process ends while machine code runs, and what it says when there is no memory. Each case is a process of its own.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { whyNoNative } from "../targets.ts";
import type { Finished } from "./program.ts";

const engine = JSON.stringify(new URL("../../dist/node/engine.js", import.meta.url).href);

/** A program that multiplies matrices for about a tenth of a second, and what it does meanwhile. */
function whileComputing(meanwhile: string): string {
  return `import { jit, tensor, useDevice } from ${engine};
    await useDevice("native", { threads: 2 });
    const x = tensor(new Float32Array(1200 * 1200).fill(1), { shape: [1200, 1200] });
    const cube = jit((matrix) => matrix.matMul(matrix).matMul(matrix));
    const step = () => cube(x).data();
    await step();
    const running = step();
    await new Promise((resolve) => setTimeout(resolve, 10));
    process.stdout.write("computing");
    ${meanwhile}`;
}

interface Ended extends Finished {
  readonly signal: NodeJS.Signals | null;
}

/** Runs a program of its own, by a shell where a limit is set. */
function run(
  program: string,
  { limit = "", signal }: { limit?: string; signal?: NodeJS.Signals } = {},
): Promise<Ended> {
  const node = [process.execPath, "--input-type=module", "-e", program] as const;
  const [file = "", ...args] = limit === "" ? node : ["/bin/sh", "-c", `${limit}; exec "$@"`, "sh", ...node];
  const child = spawn(file, args, { cwd: fileURLToPath(new URL(".", import.meta.url)), timeout: 60_000 });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text: Buffer) => {
    stdout += text.toString();
    if (signal !== undefined) child.kill(signal);
  });
  child.stderr.on("data", (text: Buffer) => (stderr += text.toString()));
  return new Promise((resolve) => {
    child.on("close", (code, by) => resolve({ code, signal: by, stdout, stderr }));
  });
}

const note = whyNoNative === undefined ? "" : ` (skipped: ${whyNoNative})`;

describe.skipIf(whyNoNative !== undefined)(`a process that computes natively${note}`, () => {
  test.each([
    ["ends by itself, nobody waiting for the result", "", 0, ""],
    ["ends by itself with idle threads", "await running;", 0, ""],
    ["exits", "process.exit(3);", 3, ""],
    ["exits with much work called", "for (let call = 0; call < 5; call += 1) void step(); process.exit(4);", 4, ""],
    ["fails", 'throw new Error("on purpose");', 1, "on purpose"],
  ])("%s", async (_what, meanwhile, code, message) => {
    const ended = await run(whileComputing(meanwhile));
    expect(ended, ended.stderr).toMatchObject({ code, signal: null, stdout: "computing" });
    if (message === "") expect(ended.stderr).toBe("");
    else expect(ended.stderr).toContain(message);
  });

  test("is ended by SIGTERM at once", async () => {
    const ended = await run(whileComputing("for (;;) await step();"), { signal: "SIGTERM" });
    expect(ended).toMatchObject({ code: null, signal: "SIGTERM", stderr: "" });
  });

  test("ends a worker thread that computes on wasm", async () => {
    const worker = `import { tensor, useDevice } from ${engine};
      import { parentPort } from "node:worker_threads";
      let code = "none";
      await useDevice("native").catch((error) => { code = error.code; });
      await useDevice("auto", { threads: 1 });
      const x = tensor(new Float32Array(400 * 400).fill(1), { shape: [400, 400] });
      parentPort.postMessage(code + " " + (await x.matMul(x).data())[0]);
      for (;;) await x.matMul(x).data();`;
    const ended = await run(
      whileComputing(`const { Worker } = await import("node:worker_threads");
        const thread = new Worker(new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(worker)})));
        const said = await new Promise((resolve) => thread.once("message", resolve));
        const code = await thread.terminate();
        process.stdout.write(" " + said + " " + code + " " + (await running)[0]);`),
    );
    expect(ended, ended.stderr).toMatchObject({ code: 0, stdout: "computing missing 400 1 1440000", stderr: "" });
  });

  test("takes what a limited address space leaves, and says when that is used up", async () => {
    const program = `import { jit, ones, tensor, useDevice } from ${engine};
      await useDevice("native", { threads: 2 });
      const fill = jit((value) => ones([2 ** 23]).mul(value));
      const kept = [];
      try {
        for (let call = 0; call < 100; call += 1) {
          kept.push(fill(tensor([call])));
          await kept.at(-1).slice([0], [1]).data();
        }
      } catch (error) {
        process.stdout.write(kept.length + " " + error.code + ": " + error.message);
      }
      kept.splice(0).forEach((one) => one.dispose());
      process.stdout.write("\\n" + (await fill(tensor([5])).slice([7], [1]).data())[0]);`;
    const { code, signal, stdout, stderr } = await run(program, { limit: "ulimit -v 3000000" });
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: "" });
    expect(stdout).toMatch(/^[1-9]\d* memory: native: .*Use a smaller batch or model, or drop tensors.*\n5$/);
  });
});
