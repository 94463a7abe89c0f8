"""The network: one BERT encoder that reads a pair of texts, and four heads.

The encoder is Devlin et al. 2019 with MiniLM's sizes (Wang et al. 2020: hidden 384, 12 attention
heads). Dropout is left out: nearly every example is seen once.
"""

import math

import torch
from torch import Tensor, nn

HIDDEN = 384
HEADS = 12
INNER = 1536
VOCABULARY = 30522
POSITIONS = 512
EPSILON = 1e-12
SUPPORT = ("entail", "neutral", "contradict")


class Layer(nn.Module):
    """One transformer layer, post-norm."""

    def __init__(self) -> None:
        """Make it with random weights."""
        super().__init__()
        self.query = nn.Linear(HIDDEN, HIDDEN)
        self.key = nn.Linear(HIDDEN, HIDDEN)
        self.value = nn.Linear(HIDDEN, HIDDEN)
        self.attended = nn.Linear(HIDDEN, HIDDEN)
        self.attended_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.inner = nn.Linear(HIDDEN, INNER)
        self.outer = nn.Linear(INNER, HIDDEN)
        self.outer_norm = nn.LayerNorm(HIDDEN, eps=EPSILON)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """Return hidden [n, length, 384]; bias [n, 1, 1, length] is added to the attention's logits."""
        n, length, _ = hidden.shape

        def split(vectors: Tensor) -> Tensor:
            return vectors.view(n, length, HEADS, HIDDEN // HEADS).transpose(1, 2)

        query, key, value = split(self.query(hidden)), split(self.key(hidden)), split(self.value(hidden))
        # Written out: on a CPU the backward pass of the fused kernel takes four times as long.
        logits = query @ key.transpose(-1, -2) / math.sqrt(HIDDEN // HEADS) + bias
        mixed = (torch.softmax(logits, -1) @ value).transpose(1, 2).reshape(n, length, HIDDEN)
        hidden = self.attended_norm(hidden + self.attended(mixed))
        inner = nn.functional.gelu(self.inner(hidden))
        found: Tensor = self.outer_norm(hidden + self.outer(inner))
        return found


class ReaderModel(nn.Module):
    """The encoder and its heads."""

    def __init__(self, layers: int) -> None:
        """Make it with random weights."""
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, HIDDEN)
        self.positions = nn.Embedding(POSITIONS, HIDDEN)
        self.segments = nn.Embedding(2, HIDDEN)
        self.norm = nn.LayerNorm(HIDDEN, eps=EPSILON)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.pooler = nn.Linear(HIDDEN, HIDDEN)
        self.relevance = nn.Linear(HIDDEN, 1)
        self.span = nn.Linear(HIDDEN, 2)
        self.answerable = nn.Linear(HIDDEN, 1)
        self.support = nn.Linear(HIDDEN, len(SUPPORT))

    def forward(self, ids: Tensor, segments: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Read pairs.

        Args:
            ids: Tokens [n, length], int64: [CLS] question [SEP] passage [SEP].
            segments: 0 for the question, 1 for the passage [n, length].
            mask: 1 for a token, 0 for padding [n, length].

        Returns:
            Logits of the span's start and end [n, length, 2], position 0 standing for no answer;
            of the passage answering [n]; the base's ranking score [n]; of SUPPORT [n, 3].
        """
        places = torch.arange(ids.shape[1], device=ids.device)
        hidden = self.norm(self.words(ids) + self.positions(places) + self.segments(segments))
        bias = ((1 - mask.to(hidden.dtype)) * -1e4)[:, None, None, :]
        for layer in self.layers:
            hidden = layer(hidden, bias)
        first = hidden[:, 0]
        return (
            self.span(hidden),
            self.answerable(first)[:, 0],
            self.relevance(torch.tanh(self.pooler(first)))[:, 0],
            self.support(first),
        )
