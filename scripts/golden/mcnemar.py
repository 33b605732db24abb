"""Exact McNemar tests: p-values of scipy's binomial test. Writes test/golden/mcnemar.json.

Versions: scipy as printed into the file.
"""

import json
from pathlib import Path

import scipy
from scipy.stats import binomtest

counts = [(0, 1), (1, 0), (0, 5), (1, 9), (5, 5), (3, 12), (10, 25), (100, 101), (40, 80), (0, 60), (700, 800), (2000, 2300)]
cases = [
    {"onlyFirst": first, "onlySecond": second, "pValue": binomtest(first, first + second, 0.5).pvalue}
    for first, second in counts
]
path = Path(__file__).parents[2] / "test" / "golden" / "mcnemar.json"
path.write_text(json.dumps({"versions": {"scipy": scipy.__version__}, "cases": cases}, indent=2) + "\n")
