// Tells the engine that it runs in Node. Every door of the Node build imports this file first.

import { installPlatform } from "#engine/platform/api.ts";
import { createNodePlatform } from "#engine/platform/node/node-platform.ts";
import { offerNativeDevice } from "#engine/runtime/devices.ts";
import { createNativeDevice } from "#engine/runtime/native-device.ts";

installPlatform(createNodePlatform());
// On arm64 it has been tested under emulation alone.
offerNativeDevice(createNativeDevice, { isChosen: process.arch === "x64" });
