import { createRequire } from "node:module";
import type * as koffiModule from "koffi";
import { describe, expect, test } from "vitest";
import { systemFunction } from "#engine/platform/node/native-machine.ts";

/** koffi where it is installed and the system's library is glibc. */
function findKoffi(): typeof koffiModule | undefined {
  try {
    const koffi = createRequire(import.meta.url)("koffi") as typeof koffiModule;
    koffi.load("libc.so.6");
    return koffi;
  } catch {
    return undefined;
  }
}

const koffi = findKoffi();

describe.skipIf(koffi === undefined)("functions of the system (need koffi and glibc)", () => {
  test("come from the first library that has them", () => {
    const length = systemFunction(koffi!, "size_t strlen(const char*)", ["no-such-library.so", "libc.so.6"]);
    expect(length("four")).toBe(4);
  });

  test.each([
    ["a library", ["no-such-library.so"]],
    ["a function", ["libc.so.6"]],
  ])("%s that is not there leaves the machine unusable, and says so", (_, libraries) => {
    const find = (): unknown => systemFunction(koffi!, "int no_such_function(int)", libraries);
    expect(find).toThrow(expect.objectContaining({ code: "device" }));
    expect(find).toThrow(/lack a function/);
  });
});
