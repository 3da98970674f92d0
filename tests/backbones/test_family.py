from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import pytest

from tltk.backbones import build_backbone, find_family, register_family
from tltk.backbones.families.bert import Bert
from tltk.backbones.family import families
from tltk.errors import WeightsError


def test_family_from_outside_is_one_registered_class() -> None:
    @register_family("my-bert")
    class MyBert(Bert):
        class_prefixes: ClassVar[Mapping[str, str]] = {"my-bert": "MyBert"}

    try:
        model = build_backbone({"model_type": "my-bert", "num_hidden_layers": 1, "vocab_size": 9, "hidden_size": 12})
        assert model.name == "my_bert"
        assert (
            find_family({"model_type": "my-bert"}).class_name("ForTokenClassification")
            == "MyBertForTokenClassification"
        )
        with pytest.raises(WeightsError, match="registered already"):

            @register_family("my-bert")
            class Another(Bert):
                pass
    finally:
        families._parts.pop("my-bert")


@pytest.mark.parametrize(
    ("raw", "rate"),
    [
        ({"model_type": "bert", "hidden_dropout_prob": 0.3}, 0.3),
        ({"model_type": "bert", "hidden_dropout_prob": 0.3, "classifier_dropout": 0.0}, 0.0),
        ({"model_type": "bert", "hidden_dropout_prob": 0.3, "classifier_dropout": None}, 0.3),
        ({"model_type": "roberta"}, 0.1),
        ({"model_type": "distilbert"}, 0.2),
        ({"model_type": "distilbert", "seq_classif_dropout": 0.4}, 0.4),
    ],
)
def test_head_dropout_follows_the_familys_keys(raw: dict, rate: float) -> None:
    assert find_family(raw).classification_head.dropout(raw) == rate
