// The page that sequences.test.ts opens: trains the LSTM and the decoder.

import * as sinter from "#entry/browser.ts";
import { trainSequences } from "./small-sequences.ts";

Object.assign(globalThis, { run: () => trainSequences(sinter) });
