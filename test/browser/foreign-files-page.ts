// The page that foreign-files.test.ts opens: makes models of the bytes of other libraries' files and predicts.

import * as sinter from "#entry/browser.ts";

interface Input {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What models of the page's files make of inputs: of keras.keras, and of the model.json beside weights.bin. */
export interface Predictions {
  readonly keras: readonly number[];
  readonly tfjs: readonly number[];
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

async function run(inputs: { readonly keras: Input; readonly tfjs: Input }): Promise<Predictions> {
  const predict = async (model: sinter.Model, { shape, values }: Input): Promise<number[]> => {
    const output = await model.predictOnBatch(sinter.tensor(Float32Array.from(values), { shape }));
    return Array.from(await output.data());
  };
  const names = ["model.json", "weights.bin"];
  const files = new Map(
    await Promise.all(names.map(async (name): Promise<[string, Uint8Array]> => [name, await bytesOf(name)])),
  );
  return {
    keras: await predict(await sinter.modelFromKeras(await bytesOf("keras.keras")), inputs.keras),
    tfjs: await predict(sinter.modelFromTfjs(files), inputs.tfjs),
  };
}

Object.assign(globalThis, { run });
