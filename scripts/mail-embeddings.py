"""The reference of mail-embeddings.mjs: transformers' vectors of texts, and scikit-learn's logistic regression on them. Reads {"folder", "texts",
"labels", "draws": [[places to train on, places to test on], ...], "maxLength", "cache"}; writes accuracies and the vectors' file."""

import json
import os
import sys

import numpy as np
import sklearn
import torch
import transformers
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

asked = json.load(sys.stdin)
torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "2")))
if os.path.exists(asked["cache"]):
    vectors = np.load(asked["cache"])
else:
    words = transformers.AutoTokenizer.from_pretrained(asked["folder"])
    model = transformers.BertModel.from_pretrained(asked["folder"]).eval()
    rows = []
    with torch.no_grad():
        for text in asked["texts"]:
            tokens = words(text, truncation=True, max_length=asked["maxLength"], return_tensors="pt")
            mean = model(input_ids=tokens["input_ids"]).last_hidden_state[0].mean(0)
            rows.append((mean / mean.norm()).numpy())
    vectors = np.stack(rows)
    np.save(asked["cache"], vectors)
labels = np.array(asked["labels"])
accuracies, of_words = [], []
for train, test in asked["draws"]:
    head = LogisticRegression(max_iter=1000).fit(vectors[train], labels[train])
    accuracies.append(float((head.predict(vectors[test]) == labels[test]).mean()))
    bag = TfidfVectorizer(max_features=5000)
    head = LogisticRegression(max_iter=1000).fit(bag.fit_transform([asked["texts"][place] for place in train]), labels[train])
    of_words.append(float((head.predict(bag.transform([asked["texts"][place] for place in test])) == labels[test]).mean()))
versions = {"transformers": transformers.__version__, "scikit-learn": sklearn.__version__}
json.dump({"versions": versions, "accuracies": accuracies, "ofWords": of_words}, sys.stdout)
