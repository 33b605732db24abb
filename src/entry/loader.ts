// `node --import sinter/loader program.ts`: lets Node 20 import TypeScript files, by taking their types away.
// Types are removed, never checked, and nothing is transformed: enums, namespaces and decorators are refused.

import { register } from "node:module";

register(new URL("./loader-hooks.js", import.meta.url));
