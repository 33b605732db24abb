// The engine in a real browser: threads on shared memory where the page is cross-origin isolated, else one worker with a
// memory of its own.
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium, type Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PageResult } from "./engine-page.ts";

const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const isolation = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

describe.skipIf(executablePath === undefined)("in a page (skipped where no chromium is installed)", () => {
  let browser: Browser;
  let server: Server;
  let address: string;

  beforeAll(async () => {
    const build = await rolldown({ input: "test/browser/engine-page.ts", platform: "browser" });
    const { output } = await build.generate({ format: "esm" });
    await build.close();
    server = createServer((request, response) => {
      const headers = request.url?.includes("isolated") ? isolation : {};
      const isScript = request.url?.endsWith(".js") ?? false;
      response.writeHead(200, { ...headers, "content-type": isScript ? "text/javascript" : "text/html" });
      const script = request.url?.includes("isolated") ? "isolated.js" : "plain.js";
      response.end(isScript ? output[0].code : `<!doctype html><script type="module" src="${script}"></script>`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}), args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  test.each([
    ["isolated", /shared memory/],
    ["plain", /1 thread, memory of its own/],
  ])("%s", async (path, description) => {
    const page = await browser.newPage();
    await page.goto(`${address}/${path}`);
    const handle = await page.waitForFunction(() => (globalThis as { pageResult?: PageResult }).pageResult);
    const result = (await handle.jsonValue()) as PageResult;
    expect(result.description).toMatch(description);
    expect(result.isRight).toBe(true);
    await page.close();
  });
});
