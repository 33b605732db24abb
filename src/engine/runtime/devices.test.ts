import { expect, test } from "vitest";
import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { createJsDevice } from "./js-device.ts";
import { makeDevice, offerNativeDevice } from "./devices.ts";

installPlatform(createNodePlatform());

test("auto takes machine code only where it is proven; who asks for it gets it anywhere", async () => {
  const machineCode = createJsDevice({});
  offerNativeDevice(() => machineCode, { isChosen: false });
  const chosen = makeDevice("auto", { threads: 1 });
  expect(chosen).not.toBe(machineCode);
  expect(makeDevice("native", {})).toBe(machineCode);
  offerNativeDevice(() => machineCode, { isChosen: true });
  expect(makeDevice("auto", {})).toBe(machineCode);
  await chosen.close();
});
