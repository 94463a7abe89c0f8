"""Make models as the hub has them, small and untrained: what they say means nothing."""

from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import (
    BertConfig,
    BertForQuestionAnswering,
    BertForSequenceClassification,
    PreTrainedTokenizerFast,
)

from citewell.reading.readers.cross_encoder import WEIGHTS

LABELS = ("entailment", "neutral", "contradiction")


def save(folder: Path, labels: tuple[str, ...] = ()) -> Path:
    """Write a model that finds answers, or one that gives labels, with a tokenizer."""
    torch.manual_seed(7)
    tokenizer = Tokenizer.from_file(str(WEIGHTS / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    names = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer, model_max_length=64, **names
    )
    fast.save_pretrained(folder)
    config = BertConfig(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        max_position_embeddings=64,
    )
    if labels:
        config.id2label = dict(enumerate(labels))
    made = BertForSequenceClassification(config) if labels else BertForQuestionAnswering(config)
    made.save_pretrained(folder)
    return folder
