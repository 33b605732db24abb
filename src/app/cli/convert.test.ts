import { expect, test } from "vitest";
import { SinterError } from "#engine/base/error.ts";
import "#entry/install-node.ts";
import { convertFile } from "#app/tasks/convert-file.ts";
import { decodeNpy } from "#learning/formats/npy.ts";
import { inFlags } from "./convert.ts";

/** What the command says of what is thrown. */
async function said(work: () => unknown): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return inFlags(error);
  }
  return "nothing was thrown";
}

test("errors name the flags of the command, and keep their code", async () => {
  const there = await said(() => convertFile("package.json", "README.md", { to: "npz" }));
  expect(there).toMatchObject({ code: "file", message: expect.stringContaining("write over it with --force") });
  const ending = await said(() => convertFile("package.json", "x.pt"));
  expect(ending).toMatchObject({ message: expect.stringMatching(/^"x\.pt" has.*or say which with --to\.$/) });
  const header = "\x93NUMPY\x01\0\x36\0{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}";
  const file = Uint8Array.from(header + "\0".repeat(8), (letter) => letter.charCodeAt(0));
  new DataView(file.buffer).setUint16(8, header.length - 10, true);
  const wide = await said(() => decodeNpy(file));
  expect(wide).toMatchObject({ code: "format", message: expect.stringContaining("Give --round-float64, or store") });
  expect(wide).toBeInstanceOf(SinterError);
});
