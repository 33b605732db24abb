// How far what two libraries give lies apart.

/**
 * The largest difference of two lists of numbers, by the largest number that is expected, or by 1 where all are smaller: below it
 * a sigmoid's or softmax's last bit counts, which the other libraries round more coarsely than sinter (README.md of formats).
 */
export function difference(found, expected) {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const most = expected.reduce((worst, value, place) => Math.max(worst, Math.abs(value - found[place])), 0);
  return Number.isNaN(most) ? Number.POSITIVE_INFINITY : most / scale;
}
