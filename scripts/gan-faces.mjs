// Draws sixteen faces by the DCGAN of gan-face-generate and says how far they are from torch's.
// Run: npm run build; node scripts/fetch-data.mjs gan-face; node scripts/gan-faces.mjs [--out faces.png]. Needs scripts/peers.mjs.
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { closeDevice } from "sinter/engine";
import { faces } from "./real-files/generative.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: "faces.png" } } });
const weights = fileURLToPath(new URL("../.data/gan-face/weights.tar", import.meta.url));
const { distance, version } = await faces(weights, values.out);
console.log(`${values.out}: ${distance.toExponential(1)} of scale from torch ${version}`);
await closeDevice();
