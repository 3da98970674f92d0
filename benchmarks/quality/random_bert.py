"""A small BERT with random weights, from which every system begins where no pretrained one can be had."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")


def write_random_bert(
    folder: Path, texts: Iterable[str], seed: int, *, layers: int = 4, width: int = 256, heads: int = 4
) -> Path:
    """Write a `BertModel` of random weights with a vocabulary of characters, as a Hugging Face folder; return it.

    Args:
        folder: where to; made where it is not there.
        texts: what the vocabulary is made of.
        seed: draws the weights.
        layers: number of layers.
        width: width of the hidden states; a quarter of that of the feed-forward layers.
        heads: number of attention heads.
    """
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    vocabulary = character_vocabulary(texts)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("".join(f"{token}\n" for token in vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab={token: place for place, token in enumerate(vocabulary)}, model_max_length=512)
    tokenizer.save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        intermediate_size=4 * width,
    )
    BertModel(config).save_pretrained(folder)
    return folder


def character_vocabulary(texts: Iterable[str]) -> list[str]:
    """Return the special tokens and every character that BERT's own normalisation leaves, the most frequent first.

    Characters that go on with a word carry `##`, so that no word of known characters is unknown.

    Example:
        >>> character_vocabulary(["北京 Ab"])[5:]
        ['##b', 'a', '京', '北']
    """
    from tokenizers.normalizers import BertNormalizer
    from tokenizers.pre_tokenizers import BertPreTokenizer

    normalizer, divider = BertNormalizer(lowercase=True), BertPreTokenizer()
    pieces: Counter[str] = Counter()
    for text in texts:
        for word, _ in divider.pre_tokenize_str(normalizer.normalize_str(text)):
            pieces.update([word[0], *(f"##{character}" for character in word[1:])])
    return [*_SPECIAL, *sorted(pieces, key=lambda piece: (-pieces[piece], piece))]
