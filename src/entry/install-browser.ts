// Tells the engine that it runs in a page. Every door of the browser build imports this file first.

import { installPlatform } from "#engine/platform/api.ts";
import { createBrowserPlatform } from "#engine/platform/browser/browser-platform.ts";

installPlatform(createBrowserPlatform());
