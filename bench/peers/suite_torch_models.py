"""The models of the wider suite in PyTorch, as bench/sinter/models has them; channels_last where there are pictures."""

import torch
from torch import nn

EPSILON = 1e-3
TRANSFORMER = {"tokens": 128, "vocabulary": 1000, "classes": 10}


def convolved(before, after, size=1, stride=1, groups=1):
    return [nn.Conv2d(before, after, size, stride, size // 2, groups=groups, bias=False), nn.BatchNorm2d(after, EPSILON)]


class InvertedResidual(nn.Module):
    def __init__(self, before, after, expansion, stride):
        super().__init__()
        wide = before * expansion
        expand = [*convolved(before, wide), nn.ReLU6(inplace=True)] if expansion > 1 else []
        self.body = nn.Sequential(*expand, *convolved(wide, wide, 3, stride, wide), nn.ReLU6(inplace=True), *convolved(wide, after))
        self.has_shortcut = stride == 1 and before == after

    def forward(self, x):
        return x + self.body(x) if self.has_shortcut else self.body(x)


def mobilenetv2():
    blocks, channels = [*convolved(3, 32, 3, 2), nn.ReLU6(inplace=True)], 32
    for expansion, after, count, stride in [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]:
        for block in range(count):
            blocks.append(InvertedResidual(channels, after, expansion, stride if block == 0 else 1))
            channels = after
    head = [*convolved(320, 1280), nn.ReLU6(inplace=True), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(1280, 1000)]
    return nn.Sequential(*blocks, *head)


class Bottleneck(nn.Module):
    def __init__(self, before, filters, stride):
        super().__init__()
        after = 4 * filters
        self.shortcut = nn.Sequential(*convolved(before, after, 1, stride)) if before != after else nn.Identity()
        self.body = nn.Sequential(
            *convolved(before, filters, 1, stride), nn.ReLU(inplace=True), *convolved(filters, filters, 3), nn.ReLU(inplace=True), *convolved(filters, after),
        )

    def forward(self, x):
        return torch.relu(self.shortcut(x) + self.body(x))


def resnet50():
    blocks, channels = [*convolved(3, 64, 7, 2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)], 64
    for filters, count, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for block in range(count):
            blocks.append(Bottleneck(channels, filters, stride if block == 0 else 1))
            channels = 4 * filters
    return nn.Sequential(*blocks, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000))


def vgg16():
    layers, channels = [], 3
    for filters, count in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]:
        for _ in range(count):
            layers += [nn.Conv2d(channels, filters, 3, padding=1), nn.ReLU(inplace=True)]
            channels = filters
        layers.append(nn.MaxPool2d(2))
    dense = [nn.Linear(25088, 4096), nn.ReLU(), nn.Linear(4096, 4096), nn.ReLU(), nn.Linear(4096, 1000)]
    return nn.Sequential(*layers, nn.Flatten(), *dense)


class Transformer(nn.Module):
    def __init__(self, width=256, heads=8, hidden=1024, layers=4):
        super().__init__()
        self.tokens = nn.Embedding(TRANSFORMER["vocabulary"], width)
        self.places = nn.Parameter(0.02 * torch.randn(TRANSFORMER["tokens"], width))
        layer = nn.TransformerEncoderLayer(width, heads, hidden, dropout=0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, layers)
        self.head = nn.Linear(width, TRANSFORMER["classes"])

    def forward(self, x):
        return self.head(self.encoder(self.tokens(x) + self.places).mean(1))


class MiniLM(nn.Module):
    """all-MiniLM-L6-v2 with random weights: the mean of the tokens that are none of padding."""

    def __init__(self):
        super().__init__()
        import transformers

        size = dict(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)
        self.bert = transformers.BertModel(transformers.BertConfig(**size), add_pooling_layer=False)

    def forward(self, x):
        counts = x != 0
        y = self.bert(input_ids=x, attention_mask=counts.long()).last_hidden_state
        counts = counts.unsqueeze(-1).to(y.dtype)
        return (y * counts).sum(1) / counts.sum(1)


def text_tokens(size):
    """As bench/protocol.mjs makes them."""
    index = torch.arange(size * 64).view(size, 64)
    return torch.where(index % 64 < 64 - 8 * (index // 64 % 4), 1 + index * 31 % 30521, 0)


def mlp():
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


class Recurrent(nn.Module):
    """The last state of a recurrent layer over [batch, 100, 64], classified."""

    def __init__(self, make, **options):
        super().__init__()
        self.layer = make(64, 256, batch_first=True, **options)
        self.head = nn.Linear(512 if options else 256, 10)

    def forward(self, x):
        _, state = self.layer(x)
        last = state[0] if isinstance(state, tuple) else state
        return self.head(torch.cat(list(last), 1))


class Mean(nn.Module):
    def __init__(self, axis):
        super().__init__()
        self.axis = axis

    def forward(self, x):
        return x.mean(self.axis)


def cnn1d():
    layers, channels = [], 1
    for filters, size in [(128, 8), (256, 5), (128, 3)]:
        layers += [nn.Conv1d(channels, filters, size, padding="same"), nn.BatchNorm1d(filters), nn.ReLU()]
        channels = filters
    return nn.Sequential(*layers, Mean(2), nn.Linear(channels, 10))


def words():
    return nn.Sequential(nn.Embedding(100_000, 64), Mean(1), nn.Linear(64, 10))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.into, self.out, self.head = nn.Linear(256, 768), nn.Linear(256, 256), nn.Linear(256, 10)

    def forward(self, x):
        batch, places, _ = x.shape
        q, k, v = self.into(x).view(batch, places, 3, 8, 32).permute(2, 0, 3, 1, 4)
        y = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, places, 256)
        return self.head(self.out(y).mean(1))


SEQUENCES = {
    "lstm": (lambda: Recurrent(nn.LSTM), (100, 64)),
    "gru": (lambda: Recurrent(nn.GRU), (100, 64)),
    "bilstm": (lambda: Recurrent(nn.LSTM, bidirectional=True), (100, 64)),
    "cnn1d": (cnn1d, (1, 150)),
    "words": (words, (100,)),
    "attention1024": (Attention, (1024, 256)),
    "attention4096": (Attention, (4096, 256)),
}
MAKERS = {"mobilenetv2": mobilenetv2, "resnet50": resnet50, "vgg16": vgg16, "transformer": Transformer, "mlp": mlp, "minilm": MiniLM}
MAKERS |= {name: make for name, (make, _) in SEQUENCES.items()}


def make_model(name):
    torch.manual_seed(0)
    model = MAKERS[name]()
    return model.to(memory_format=torch.channels_last) if name in ("mobilenetv2", "resnet50", "vgg16") else model


def make_batch(name, size):
    """Inputs and class numbers."""
    if name == "minilm":
        return text_tokens(size), torch.randint(0, 10, (size,))
    if name == "transformer":
        tokens = torch.randint(0, TRANSFORMER["vocabulary"], (size, TRANSFORMER["tokens"]))
        return tokens, torch.randint(0, TRANSFORMER["classes"], (size,))
    if name == "mlp":
        return torch.rand(size, 784), torch.randint(0, 10, (size,))
    if name == "words":
        return torch.randint(0, 100_000, (size, 100)), torch.randint(0, 10, (size,))
    if name in SEQUENCES:
        return torch.rand(size, *SEQUENCES[name][1]), torch.randint(0, 10, (size,))
    return torch.rand(size, 3, 224, 224).to(memory_format=torch.channels_last), torch.randint(0, 1000, (size,))
