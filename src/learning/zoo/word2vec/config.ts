// How a Word2Vec learns: its options, their defaults and checks.

import { checkOptions, choice, integer, numberWithin } from "#engine/base/options.ts";

/** How a Word2Vec learns; names and defaults of gensim 4. */
export interface Word2VecConfig {
  /** Numbers of a word's vector. Default 100. */
  readonly vectorSize: number;
  /** Words to each side that a word looks at, at most; how far is drawn anew each time. Default 5. */
  readonly window: number;
  /** Rarer words are left out. Default 5. */
  readonly minCount: number;
  /** Words drawn as noise for each example. Default 5. */
  readonly negative: number;
  /** Noise is drawn by count ^ nsExponent. Default 0.75. */
  readonly nsExponent: number;
  /** Times the text is read. Default 5. */
  readonly epochs: number;
  /** Frequent words are thinned out, see `keepProbabilities`; 0 keeps all. Default 1e-3. */
  readonly sample: number;
  /** "cbow" predicts a word from the mean of those near it, "skipGram" each word from each near it. Default "cbow". */
  readonly mode: "cbow" | "skipGram";
  /** The learning rate at the start. Default 0.025. */
  readonly alpha: number;
  /** The learning rate at the end. Default 1e-4. */
  readonly minAlpha: number;
  /** Default 1. */
  readonly seed: number;
}

const defaults: Word2VecConfig = {
  vectorSize: 100,
  window: 5,
  minCount: 5,
  negative: 5,
  nsExponent: 0.75,
  epochs: 5,
  sample: 1e-3,
  mode: "cbow",
  alpha: 0.025,
  minAlpha: 1e-4,
  seed: 1,
};

/** All options, those left out by their defaults. @throws option */
export function checkConfig(given: Partial<Word2VecConfig>): Word2VecConfig {
  const where = "word2Vec";
  checkOptions(where, given, Object.keys(defaults));
  const config = { ...defaults, ...given };
  for (const name of ["vectorSize", "window", "minCount", "negative", "epochs"] as const) {
    integer(where, name, config[name]);
  }
  for (const name of ["sample", "alpha", "minAlpha"] as const) numberWithin(where, name, config[name], 0);
  numberWithin(where, "nsExponent", config.nsExponent);
  choice(where, "mode", config.mode, ["cbow", "skipGram"]);
  return config;
}
