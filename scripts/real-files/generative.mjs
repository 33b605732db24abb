// The faces of a DCGAN and the pitches of CREPE with published weights, beside the same networks in torch.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { random, tensor } from "sinter/engine";
import { crepe, dcganGenerator, loadTorchWeights, pitch } from "sinter/zoo";
import { difference } from "./outputs.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** What torch makes of numbers, and its version. */
function byTorch(kind, weights, inputs) {
  const folder = mkdtempSync(join(tmpdir(), "sinter-torch-"));
  const [from, to] = [join(folder, "inputs"), join(folder, "outputs")];
  writeFileSync(from, inputs);
  const script = join(root, "scripts/real-files/generative_networks.py");
  const python = join(root, ".peers/python/bin/python");
  const version = execFileSync(python, [script, kind, weights, from, to]).toString().trim();
  const { buffer } = Uint8Array.from(readFileSync(to));
  rmSync(folder, { recursive: true });
  return { outputs: new Float32Array(buffer), version };
}

/** Sixteen faces: how far from torch's, and a picture of them in a file. */
export async function faces(weights, picture) {
  const net = dcganGenerator();
  await loadTorchWeights(net, weights);
  const noise = random.normal(random.key(4), [16, 100]);
  const { outputs, version } = byTorch("faces", weights, await noise.data());
  const own = await (await net.predictOnBatch(noise)).data();
  if (picture !== undefined) await drawFaces(own, picture);
  return { distance: difference(own, outputs), version };
}

/** Two rows of eight pictures [64, 64, 3] between -1 and 1, twice as large. */
async function drawFaces(values, path) {
  const [size, across] = [64, 8];
  const sheet = Buffer.alloc(16 * size * size * 3);
  values.forEach((value, index) => {
    const [face, y, x] = [Math.floor(index / size ** 2 / 3), Math.floor(index / size / 3) % size, index % (size * 3)];
    const row = Math.floor(face / across) * size + y;
    sheet[(row * across + (face % across)) * size * 3 + x] = Math.round((value + 1) * 127.5);
  });
  const raw = { width: across * size, height: 2 * size, channels: 3 };
  await sharp(sheet, { raw })
    .resize({ width: 2 * across * size, kernel: "nearest" })
    .png()
    .toFile(path);
}

/** Frequencies in even steps of tone. */
const frequencies = Array.from({ length: 20 }, (_, place) => 60 * (1500 / 60) ** (place / 19));

/** Frames from the middle of a tenth of a second of each sine, and the pitch found there. */
export async function sines(weights, capacity) {
  const net = crepe({ capacity });
  await loadTorchWeights(net, weights);
  const sampleRate = 16_000;
  const frames = new Float32Array(frequencies.length * 1024);
  let worst = 0;
  for (const [place, frequency] of frequencies.entries()) {
    const sound = Float32Array.from({ length: sampleRate / 5 }, (_, at) =>
      Math.sin((2 * Math.PI * frequency * at) / sampleRate),
    );
    const found = await pitch(net, sound, { sampleRate });
    const middle = found.frequency[Math.floor(found.frequency.length / 2)];
    worst = Math.max(worst, Math.abs(1200 * Math.log2(middle / frequency)));
    // A sine has mean 0 and standard deviation sqrt(1/2), nearly: both networks get the same numbers.
    frames.set(
      sound.subarray(0, 1024).map((value) => value * Math.SQRT2),
      place * 1024,
    );
  }
  const { outputs, version } = byTorch(capacity, weights, frames);
  const own = await (await net.predictOnBatch(tensor(frames, { shape: [frequencies.length, 1024] }))).data();
  return { distance: difference(own, outputs), cents: worst, version };
}
