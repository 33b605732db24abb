// McNemar's test: whether two classifiers differ, judged by the samples that only one of them gets right.

/** What the test found. */
export interface McNemar {
  /** Samples that only the first gets right. */
  readonly onlyFirst: number;
  /** Samples that only the second gets right. */
  readonly onlySecond: number;
  /** Probability of a difference at least as large, were both equally good; 1 when they differ nowhere. */
  readonly pValue: number;
}

/**
 * The exact two-sided test: with n = onlyFirst + onlySecond, p = min(1, 2 · P(X ≤ min)), X binomial (n, 1/2).
 * @param first whether the first is right, one a sample
 * @param second the same of the second
 * @source McNemar 1947; scipy.stats.binomtest
 */
export function mcNemar(first: readonly boolean[], second: readonly boolean[]): McNemar {
  const onlyFirst = first.filter((isRight, index) => isRight && second[index] !== true).length;
  const onlySecond = second.filter((isRight, index) => isRight && first[index] !== true).length;
  return { onlyFirst, onlySecond, pValue: exactPValue(onlyFirst, onlySecond) };
}

/** The p-value of two counts. */
export function exactPValue(onlyFirst: number, onlySecond: number): number {
  const numTrials = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Logarithms: 2^-n is below the smallest float64 from n = 1075 on.
  let logTerm = -numTrials * Math.LN2;
  let sum = Math.exp(logTerm);
  for (let successes = 1; successes <= fewer; successes += 1) {
    logTerm += Math.log((numTrials - successes + 1) / successes);
    sum += Math.exp(logTerm);
  }
  return Math.min(1, 2 * sum);
}
