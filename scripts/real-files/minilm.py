"""What transformers gives for texts: token numbers, and vectors by mean pooling and division by their length, as sentence-transformers
does. Reads {"folder", "texts", "numVectors", "maxLength"} from standard input; writes numbers of tokens of all texts and vectors of the first."""

import json
import sys

import torch
import transformers

asked = json.load(sys.stdin)
torch.set_num_threads(1)
words = transformers.AutoTokenizer.from_pretrained(asked["folder"])
model = transformers.BertModel.from_pretrained(asked["folder"]).eval()
ids = [words(text, truncation=True, max_length=asked["maxLength"])["input_ids"] for text in asked["texts"]]
vectors = []
with torch.no_grad():
    for row in ids[: asked["numVectors"]]:
        # One text at a time, so that nothing is padded.
        mean = model(input_ids=torch.tensor([row])).last_hidden_state[0].mean(0)
        vectors.append((mean / mean.norm()).tolist())
json.dump({"version": transformers.__version__, "ids": ids, "vectors": vectors}, sys.stdout)
