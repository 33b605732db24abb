// Quotients by known divisors as products.

/**
 * ⌊x / divisor⌋ = ⌊x · factor / 2^shift⌋ for 0 ≤ x < 2³¹: 2^(l - 1) < divisor < 2^l, shift = 31 + l, factor
 * = ⌈2^shift / divisor⌉, given as the 32 bits of a number without sign.
 * @param divisor positive, no power of two
 * @source Granlund and Montgomery, Division by invariant integers using multiplication (PLDI 1994), theorem 4.2
 */
export function reciprocalOf(divisor: number): { readonly factor: number; readonly shift: number } {
  const shift = 31 + Math.ceil(Math.log2(divisor));
  const factor = (2n ** BigInt(shift) + BigInt(divisor) - 1n) / BigInt(divisor);
  return { factor: Number(BigInt.asIntN(32, factor)), shift };
}
