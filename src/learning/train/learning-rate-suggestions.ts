// Which learning rate a range test speaks for, read from its curve of smoothed losses.

/** A step of a range test. */
interface CurvePoint {
  readonly learningRate: number;
  readonly smoothedLoss: number;
}

/** Rates that the curve speaks for; undefined where it says nothing. */
export interface RateSuggestions {
  /** Half way down the longest fall of the loss: as a rule the best. */
  readonly valley: number | undefined;
  /** Where the loss falls fastest with the logarithm of the rate. */
  readonly steep: number | undefined;
  /** A tenth of the rate with the least loss. */
  readonly minimum: number | undefined;
}

/** Steps at the end that are left out: there the loss diverges. */
const numLeftOut = 5;

/**
 * Reads the curve without its first tenth of `steps` and without its last five points.
 * @param steps that the test was to make
 * @source fastai 2, callback/schedule.py: valley, steep, minimum
 */
export function suggestRates(points: readonly CurvePoint[], steps: number): RateSuggestions {
  const curve = points.slice(Math.floor(steps / 10), Math.max(0, points.length - numLeftOut));
  const rateAt = (index: number): number | undefined => curve[index]?.learningRate;
  const falls = curve.some((point, index) => index > 0 && point.smoothedLoss < (curve[index - 1]?.smoothedLoss ?? 0));
  if (!falls) return { valley: undefined, steep: undefined, minimum: undefined };
  const least = rateAt(indexOfLeast(curve.map(({ smoothedLoss }) => smoothedLoss)));
  return {
    valley: rateAt(valleyIndex(curve.map(({ smoothedLoss }) => smoothedLoss))),
    steep: rateAt(indexOfLeast(slopes(curve))),
    minimum: least === undefined ? undefined : least / 10,
  };
}

/** Half way (a third and a sixth) down the longest sequence of falling losses, gaps allowed. */
function valleyIndex(losses: readonly number[]): number {
  const lengths: number[] = [];
  for (const loss of losses) {
    const before = lengths.filter((_, earlier) => (losses[earlier] ?? loss) > loss);
    lengths.push(1 + before.reduce((longest, length) => Math.max(longest, length), 0));
  }
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
  const end = lengths.indexOf(longest);
  return Math.max(0, end - longest + Math.floor(longest / 3) + Math.floor(longest / 6));
}

/** Change of the loss over that of the rate's logarithm, from each point to the next. */
function slopes(curve: readonly CurvePoint[]): number[] {
  return curve.slice(1).map(({ learningRate, smoothedLoss }, index) => {
    const { learningRate: rate = learningRate, smoothedLoss: loss = smoothedLoss } = curve[index] ?? {};
    return (smoothedLoss - loss) / (Math.log(learningRate) - Math.log(rate));
  });
}

/** The first of the least. */
function indexOfLeast(values: readonly number[]): number {
  return values.reduce((best, value, index) => (value < (values[best] ?? value) ? index : best), 0);
}
