"""Hugging Face tokenizers: what its trainers learn from a small text, and what its tokenizers make of some texts.

Needs an environment of its own: python3 -m venv V && V/bin/pip install tokenizers==0.23.3 numpy, then V/bin/python scripts/golden/token_cases.py;
before that, node scripts/fetch-data.mjs austen.
"""

import tokenizers
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from common import FOLDER, write

NOVEL = FOLDER.parents[1] / ".data" / "austen" / "persuasion.txt"
CORPUS = [line for line in NOVEL.read_text(encoding="utf-8").splitlines()[10:700] if line.strip()]
# Trainings whose ties depend on the order of a hash table: they must come out alike this often to be written.
RUNS = 12

TEXTS = [
    "Sir Walter Elliot, of Kellynch Hall, was a man who read.",
    "",
    " ",
    "  two  blanks\tand a tab\n\nand lines ",
    "don't we'll they're I'D it's 'tis",
    "naïve café — “quoted” … ÀÉÎ Straße",
    "日本語 and 漢字, 한국어",
    "1234567 3.14 x86-64 2nd",
    "a_b-c/d\\e@f#g",
    "👩‍👩‍👧 emoji 🇬🇷 flags",
    "zzzzqqqq unbelievably",
    "Hello!!! ... (well?)",
]


def stable(train, key):
    """What a training gives, once several runs agree on what is compared."""
    results = [train() for _ in range(RUNS)]
    seen = {repr(key(result)) for result in results}
    if len(seen) != 1:
        raise SystemExit(f"{len(seen)} different results of {RUNS} runs: choose a smaller vocabulary")
    return results[0]


def encoded(tokenizer, texts=TEXTS):
    """Ids with and without special tokens, and the text that comes back."""
    rows = []
    for text in texts:
        plain = tokenizer.encode(text, add_special_tokens=False).ids
        framed = tokenizer.encode(text).ids
        rows.append({"text": text, "ids": plain, "framed": framed, "decoded": tokenizer.decode(framed)})
    return rows


def file_of(tokenizer):
    return __import__("json").loads(tokenizer.to_str())


def byte_pair():
    """GPT-2's: bytes, no special tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def character_pair():
    """Characters, the last of a word marked."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.BPEDecoder(suffix="</w>")
    trainer = trainers.BpeTrainer(
        vocab_size=220, show_progress=False, special_tokens=["<unk>"], end_of_word_suffix="</w>"
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    return tokenizer


def word_piece():
    """BERT's, uncased."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(
        vocab_size=200, min_frequency=2, show_progress=False, special_tokens=special, limit_alphabet=1000
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return tokenizer


def unigram():
    """SentencePiece's model, with NFKC and Metaspace."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(
        vocab_size=300, show_progress=False, unk_token="<unk>", special_tokens=["<unk>", "<s>", "</s>"]
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)]
    )
    return tokenizer


def cut(pre_tokenizer):
    """A tokenizer with another step that cuts words; it knows all that lies between blanks as one token, so that every cut shows."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(vocab_size=1000, show_progress=False, special_tokens=["<unk>"])
    tokenizer.train_from_iterator(TEXTS, trainer)
    tokenizer.pre_tokenizer = pre_tokenizer
    return tokenizer


CUTS = {
    "Whitespace": pre_tokenizers.Whitespace(),
    "WhitespaceSplit": pre_tokenizers.WhitespaceSplit(),
    "Punctuation": pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation()]),
    "Digits": pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits(individual_digits=True)]),
    "DigitRuns": pre_tokenizers.Sequence([pre_tokenizers.Whitespace(), pre_tokenizers.Digits()]),
    "Metaspace": pre_tokenizers.Metaspace(prepend_scheme="never"),
}


def merges_of(tokenizer):
    return file_of(tokenizer)["model"]["merges"]


def tokens_of(tokenizer):
    """The tokens of more than one character, sorted: which of two equally frequent ones comes first changes from run to run."""
    return sorted(token for token in tokenizer.get_vocab() if len(token.removeprefix("##")) > 1)


def main():
    byte = stable(byte_pair, lambda tokenizer: tokenizer.to_str())
    character = stable(character_pair, merges_of)
    piece = stable(word_piece, tokens_of)
    cuts = {}
    for name, step in CUTS.items():
        tokenizer = cut(step)
        cuts[name] = {"file": tokenizer.to_str(), "encoded": encoded(tokenizer)}
    write(
        "tokenizers",
        {
            "corpus": "\n".join(CORPUS),
            "bytePair": {"file": byte.to_str(), "encoded": encoded(byte)},
            "characterPair": {"merges": [" ".join(pair) for pair in merges_of(character)], "size": 220},
            "wordPiece": {"tokens": tokens_of(piece), "size": 200},
            "files": {
                "wordPiece": {"file": piece.to_str(), "encoded": encoded(piece)},
                "characterPair": {"file": character.to_str(), "encoded": encoded(character)},
                "unigram": {"file": (one := unigram()).to_str(), "encoded": encoded(one)},
                **cuts,
            },
        },
        tokenizers,
    )


main()
