"""One small tokenizer of each kind, made by the tokenizers library."""

from __future__ import annotations

from functools import cache

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import PreTrainedTokenizerFast

from tltk.data.case_markup import CAPITAL, CAPITALS, mark_case

KINDS = ("wordpiece", "wordpiece with case markup", "byte-bpe", "unigram")
WORDS = ("Angela", "Merkel", "visited", "New", "York", "naïve", "café", "北京", "👍🏽", "U.S.", "1,234", "don't", "x")


@cache
def make_tokenizer(kind: str) -> PreTrainedTokenizerFast:
    """Return a fast tokenizer with [CLS] and [SEP] around every text; the same object each time."""
    if kind == "wordpiece with case markup":
        return mark_case(make_tokenizer("wordpiece"))
    if kind == "wordpiece":
        tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
        tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(
            vocab_size=90, special_tokens=["[UNK]", "[CLS]", "[SEP]", CAPITAL, CAPITALS], show_progress=False
        )
    elif kind == "byte-bpe":
        tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True, trim_offsets=False)
        tokenizer.decoder = decoders.ByteLevel()
        alphabet = pre_tokenizers.ByteLevel.alphabet()
        trainer = trainers.BpeTrainer(
            vocab_size=300, special_tokens=["[UNK]", "[CLS]", "[SEP]"], initial_alphabet=alphabet, show_progress=False
        )
    else:
        tokenizer = Tokenizer(models.Unigram())
        tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Replace("\u200b", "")])
        tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(
            vocab_size=70, special_tokens=["[UNK]", "[CLS]", "[SEP]"], unk_token="[UNK]", show_progress=False
        )
    tokenizer.train_from_iterator([" ".join(WORDS), *WORDS] * 3, trainer)
    ends = [(name, tokenizer.token_to_id(name)) for name in ("[SEP]", "[CLS]")]
    tokenizer.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", pad_token="[UNK]"
    )
