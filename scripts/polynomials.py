"""Derives the polynomials of src/engine/compile/math-*.ts and prints them as TypeScript. Needs mpmath 1.3 alone.

Run: python scripts/polynomials.py [NAME...]
Each fit minimizes the largest |weight * (polynomial - f)| by Remez's exchange on a grid of Chebyshev points, at 40 digits.
Coefficients become float32 one after the other, lowest power first, and the rest is fitted again after each; over an
interval around 0 the rest is no Chebyshev system, so there all are rounded together.
"""

import struct
import sys

from mpmath import cos, erf, erfc, exp, expm1, fabs, log, log1p, lu_solve, matrix, mp, mpf, pi, sin, sqrt, tanh

mp.dps = 40
GRID = 600


def float32(value):
    return mpf(struct.unpack("f", struct.pack("f", float(value)))[0])


def evaluate(coefficients, x):
    total = mpf(0)
    for coefficient in reversed(coefficients):
        total = total * x + coefficient
    return total


def remez(points, values, weights, powers):
    """The coefficients of `powers` that minimize the largest weighted error on the grid, and that error."""
    size = len(powers) + 1
    last = len(points) - 1
    reference = [round(last * (1 - cos(pi * i / (size - 1))) / 2) for i in range(size)]
    for _ in range(40):
        rows, right = matrix(size, size), matrix(size, 1)
        for row, place in enumerate(reference):
            for column, power in enumerate(powers):
                rows[row, column] = points[place] ** power
            rows[row, size - 1] = (-1) ** row / weights[place]
            right[row] = values[place]
        solution = lu_solve(rows, right)
        coefficients = [solution[i] for i in range(size - 1)]
        errors = [
            weight * (sum(c * x**power for c, power in zip(coefficients, powers)) - value)
            for x, value, weight in zip(points, values, weights)
        ]
        largest = max(fabs(error) for error in errors)
        if largest <= fabs(solution[size - 1]) * mpf("1.001"):
            break
        reference = exchange(errors, size)
    return coefficients, largest


def exchange(errors, size):
    """The places of `size` extrema with alternating signs that hold the largest errors."""
    extrema = []
    for place, error in enumerate(errors):
        if extrema and (error > 0) == (errors[extrema[-1]] > 0):
            if fabs(error) > fabs(errors[extrema[-1]]):
                extrema[-1] = place
        else:
            extrema.append(place)
    while len(extrema) > size:
        if len(extrema) == size + 1 or fabs(errors[extrema[0]]) < fabs(errors[extrema[-1]]):
            extrema.pop(0 if fabs(errors[extrema[0]]) < fabs(errors[extrema[-1]]) else -1)
        else:
            extrema.pop()
    if len(extrema) < size:
        raise ValueError("too few alternations")
    return extrema


def fit(name, f, weight, low, high, degree):
    """Prints the fit of f(x) over [low, high]."""
    low, high = mpf(low), mpf(high)
    points = [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + mpf("0.5")) / GRID) for i in range(GRID)]
    values, weights = [f(x) for x in points], [weight(x) for x in points]
    fixed = []
    while len(fixed) <= degree:
        rest = [value - evaluate(fixed, x) for x, value in zip(points, values)]
        coefficients, _ = remez(points, rest, weights, list(range(len(fixed), degree + 1)))
        fixed.extend(float32(c) for c in (coefficients if low < 0 else coefficients[:1]))
    largest = max(fabs(w * (evaluate(fixed, x) - v)) for x, v, w in zip(points, values, weights))
    print(f"{name}: degree {degree}, weighted error 2^{float(log(largest, 2)):.2f}")
    print("  [" + ", ".join(f"{float(c):.9g}" for c in fixed) + "]", flush=True)


def split(name, value, bits_of_parts):
    """Prints `value` as a sum of float32 whose parts but the last have so many bits."""
    parts = []
    for bits in bits_of_parts:
        scale = mpf(2) ** (bits - 1 - int(mp.floor(log(fabs(value), 2))))
        part = mp.floor(value * scale) / scale if bits < 24 else float32(value)
        parts.append(part)
        value -= part
    print(f"{name}: [" + ", ".join(f"{float(part):.17g}" for part in parts) + "]")


HALF_LN2 = log(2) / 2 + mpf("0.0005")
FITS = {
    # e^r = 1 + r + r^2 q(r)
    "exp": lambda: fit("exp", lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / exp(r), -HALF_LN2, HALF_LN2, 4),
    "expm1": lambda: fit("expm1", lambda r: (expm1(r) - r) / r**2, lambda r: r**2 / fabs(expm1(r)), -HALF_LN2, HALF_LN2, 5),
    # log(1 + f) = f - f^2 / 2 + f^3 p(f)
    "log": lambda: fit(
        "log",
        lambda f: (log1p(f) - f + f**2 / 2) / f**3,
        lambda f: fabs(f**3 / log1p(f)),
        sqrt(mpf("0.5")) - 1,
        sqrt(mpf(2)) - 1,
        8,
    ),
    # tanh(x) = x + x z p(z), z = x^2
    "tanh": lambda: fit(
        "tanh", lambda z: (tanh(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z * sqrt(z) / tanh(sqrt(z)), 0, mpf("0.625") ** 2, 4
    ),
    # sin(r) = r + r z s(z); cos(r) = 1 - z / 2 + z^2 c(z); z = r^2
    "sin": lambda: fit(
        "sin", lambda z: (sin(sqrt(z)) / sqrt(z) - 1) / z, lambda z: z * sqrt(z) / sin(sqrt(z)), 0, (pi / 4 + mpf("0.004")) ** 2, 3
    ),
    "cos": lambda: fit(
        "cos", lambda z: (cos(sqrt(z)) - 1 + z / 2) / z**2, lambda z: z**2 / cos(sqrt(z)), 0, (pi / 4 + mpf("0.004")) ** 2, 2
    ),
    # erf(x) = x + x p(x^2) below 1; 1 - q(x - 2.46875) above
    "erf": lambda: fit("erf", lambda z: erf(sqrt(z)) / sqrt(z) - 1, lambda z: sqrt(z) / erf(sqrt(z)), 0, 1, 6),
    "erfc": lambda: fit("erfc", lambda u: erfc(u + mpf("2.46875")), lambda u: mpf(1), "-1.46875", "1.46875", 14),
    # log((1 + s) / (1 - s)) = 2 s + s z p(z), z = s^2
    "power": lambda: fit(
        "power",
        lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z,
        lambda z: z / 2,
        0,
        mpf("0.1011") ** 2,
        2,
    ),
    "ln2": lambda: split("ln2", log(2), [15, 24]),
    "ln1.5": lambda: split("ln1.5", log(mpf("1.5")), [14, 24]),
    "half pi": lambda: split("half pi", pi / 2, [9, 9, 9, 9, 24]),
}

for chosen in sys.argv[1:] or FITS:
    FITS[chosen]()
