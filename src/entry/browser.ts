// sinter in a page, as one module: for tests that load the sources without a build.

import "./install-browser.ts";

export * from "./main.ts";
