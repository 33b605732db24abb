"""What glassllm's own code writes, greedily: for each prompt of standard input the tokens and the text. See glassllm.mjs."""

import json
import sys

from glassllm.model import GlassLM
from glassllm.tokenizer import Tokenizer

folder, count = sys.argv[1], int(sys.argv[2])
answers = []
for language, prompt in json.load(sys.stdin):
    model = GlassLM.load(f"{folder}/{language}.npz")
    words = Tokenizer.load(f"{folder}/{language}.tokenizer.json")
    ids = words.encode(prompt)
    made = [step.token for step in model.generate(ids, count, greedy=True)]
    answers.append({"ids": ids, "text": words.decode(made)})
print(json.dumps(answers))
