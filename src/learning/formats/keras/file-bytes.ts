// The bytes of a file of Keras's, which is read whole: its archive keeps the table of its entries at the end.

import { SinterError } from "#engine/base/error.ts";
import { platform } from "#engine/platform/api.ts";

const maxBytes = 2 ** 31 - 1;

/**
 * The bytes of a .keras or .h5 file.
 * @throws file where it is not there; limit from 2 GiB on
 */
export async function kerasBytes(path: string): Promise<Uint8Array> {
  const { files } = platform();
  const { bytes = 0 } = (await files.stat(path)) ?? {};
  if (bytes <= maxBytes) return files.read(path);
  throw new SinterError(
    "limit",
    `${path} has ${(bytes / 2 ** 30).toFixed(1)} GiB; Keras's files are read whole, which goes up to 2 GiB. In Python write the weights ` +
      'with safetensors.numpy.save_file({w.path: w.numpy() for w in model.weights}, "weights.safetensors"), make the model here, ' +
      "and give it what readSafetensors reads tensor by tensor, by model.setWeights.",
    { path, bytes },
  );
}
