"""Neighbours that gensim finds in five novels of Jane Austen, for scripts/word2vec.mjs: two seeds of each mode, one thread.

Needs an environment of its own: python3 -m venv V && V/bin/pip install gensim==4.4.0; node scripts/fetch-data.mjs austen, then
V/bin/python scripts/accuracy/gensim_word2vec.py. It writes bench/results/gensim-word2vec.json.
"""

import json
import re
import time
from pathlib import Path

import gensim

ROOT = Path(__file__).resolve().parents[2]
HELD_OUT = "persuasion"
SEEDS = [1, 2]
WORDS = 200


def sentences():
    """Paragraphs as lists of words, lower case; the same as sentencesOf in scripts/word2vec.mjs."""
    for path in sorted((ROOT / ".data" / "austen").glob("*.txt")):
        if path.stem == HELD_OUT:
            continue
        for paragraph in re.split(r"\n\s*\n", path.read_text(encoding="utf-8").lower()):
            words = re.findall(r"[a-z]+", paragraph)
            if words:
                yield words


def main():
    corpus = list(sentences())
    found = {"versions": {"gensim": gensim.__version__}, "numSentences": len(corpus)}
    for mode, sg in [("skipGram", 1), ("cbow", 0)]:
        runs = []
        for seed in SEEDS:
            started = time.perf_counter()
            model = gensim.models.Word2Vec(corpus, vector_size=100, window=5, min_count=5, sg=sg, seed=seed, workers=1)
            seconds = time.perf_counter() - started
            words = model.wv.index_to_key[:WORDS]
            near = {word: [other for other, _ in model.wv.most_similar(word, topn=10)] for word in words}
            runs.append({"seed": seed, "seconds": round(seconds, 1), "numWords": len(model.wv), "neighbours": near})
            print(mode, seed, f"{seconds:.1f} s", flush=True)
        found[mode] = runs
    path = ROOT / "bench" / "results" / "gensim-word2vec.json"
    path.write_text(json.dumps(found) + "\n", encoding="utf-8")


main()
