// What the browser tests share: Debian's chromium, and pages served on loopback, cross-origin isolated or not.

import { existsSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser, type Page } from "playwright-core";
import { rolldown } from "rolldown";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

/** Why browser tests cannot run here; undefined where they can. */
export const whyNoBrowser: string | undefined =
  executablePath === undefined ? "no chromium is installed; apt-get install chromium" : undefined;

/** The end of a group's name: says why its tests are skipped. */
export const skipNote: string = whyNoBrowser === undefined ? "" : ` (${whyNoBrowser})`;

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export async function launchChromium(): Promise<Browser> {
  if (executablePath === undefined) throw new Error(whyNoBrowser);
  return await chromium.launch({ executablePath, headless: true, args: flags });
}

/** The code of a page: one module of ours with all that it imports. */
export async function bundlePage(input: string): Promise<string> {
  const build = await rolldown({ input, platform: "browser" });
  // One file: what is imported when it is needed is in it too.
  const { output } = await build.generate({ format: "esm", codeSplitting: false });
  await build.close();
  return output[0].code;
}

/** The files of a page that is one script. */
export function scriptPage(code: string): PageFiles {
  return new Map([
    ["index.html", '<!doctype html><script type="module" src="./page.js"></script>'],
    ["page.js", code],
  ]);
}

/** By path: index.html and what it names. */
export type PageFiles = ReadonlyMap<string, string | Uint8Array>;

/** The two ways that a page is served: with shared memory, and so with threads, or without. */
export const settings = ["isolated", "plain"] as const;
export type Setting = (typeof settings)[number];

const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const types: Readonly<Record<string, string>> = { html: "text/html", js: "text/javascript", css: "text/css" };

export interface PageServer {
  addressOf(setting: Setting): string;
  close(): Promise<void>;
}

/** Serves the files twice: below /isolated/ with the headers that isolate a page, below /plain/ without. */
export async function servePage(files: PageFiles): Promise<PageServer> {
  const server = createServer((request, response) => {
    const [, setting = "", path = ""] = /^\/(\w+)\/(.*)$/.exec(request.url ?? "") ?? [];
    const body = files.get(path === "" ? "index.html" : decodeURI(path));
    const type = types[path.split(".").at(-1) ?? ""] ?? "text/html";
    const headers = { "content-type": type, ...(setting === "isolated" ? isolation : {}) };
    response.writeHead(body === undefined ? 404 : 200, headers);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    addressOf: (setting) => `http://127.0.0.1:${port}/${setting}/`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Opens a page whose script sets `globalThis.run`, calls that and gives what it gave. Errors of the page are thrown. */
export async function runInPage<Result>(browser: Browser, address: string, argument?: unknown): Promise<Result> {
  const page: Page = await browser.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  try {
    await page.goto(address);
    const call = page.evaluate(
      (given) => (globalThis as unknown as { run(argument: unknown): Promise<Result> }).run(given),
      argument,
    );
    const result = await call.catch((error: unknown) => {
      throw new Error([String(error), ...errors].join("\n"));
    });
    if (errors.length > 0) throw new Error(errors.join("\n"));
    return result;
  } finally {
    await page.close();
  }
}
