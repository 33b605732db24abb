// Sounds at another rate: each new sample is a weighted sum of the old ones around it. It never changes how loud they are.

/** Zero crossings of the filter on each side. */
const numCrossings = 24;

/**
 * A sound at another rate, by a windowed sinc; what is above half of the lower rate is left out.
 * @param from and `to`: samples a second
 * @source Smith, Digital audio resampling, section "Theory of ideal bandlimited interpolation"; the window is Hann's
 */
export function resampled(audio: ArrayLike<number>, from: number, to: number): Float32Array {
  if (from === to) return Float32Array.from(audio);
  const bandwidth = Math.min(1, to / from);
  const reach = numCrossings / bandwidth;
  return Float32Array.from({ length: Math.max(1, Math.floor((audio.length * to) / from)) }, (_, place) => {
    const middle = (place * from) / to;
    let sum = 0;
    for (let at = Math.ceil(middle - reach); at <= middle + reach; at += 1) {
      const away = at - middle;
      const window = 0.5 + 0.5 * Math.cos((Math.PI * away) / reach);
      sum += (audio[at] ?? 0) * bandwidth * sinc(bandwidth * away) * window;
    }
    return sum;
  });
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
