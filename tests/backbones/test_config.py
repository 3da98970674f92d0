from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tltk.backbones import find_family, load_config
from tltk.backbones.activations import NAMES
from tltk.backbones.family import families
from tltk.errors import Problem, WeightsError

KEYS = (
    *("hidden_size", "num_attention_heads", "vocab_size", "hidden_act", "hidden_dropout_prob", "type_vocab_size"),
    *("num_hidden_layers", "num_hidden_groups", "inner_group_num", "relative_attention_num_buckets"),
)
FAMILIES = ("albert", "bert", "camembert", "distilbert", "electra", "mobilebert", "mpnet", "roberta", "xlm-roberta")
FROM_PADDING = ("camembert", "mpnet", "roberta", "xlm-roberta")
JSON = st.none() | st.booleans() | st.integers(-3, 900) | st.floats() | st.text(max_size=5) | st.lists(st.integers())


def write(folder: Path, content: Any) -> Path:
    (folder / "config.json").write_text(content if isinstance(content, str) else json.dumps(content))
    return folder


def test_every_family_is_found_by_its_model_type() -> None:
    assert set(families.names()) >= {*FAMILIES}
    assert find_family({"model_type": "xlm-roberta"}).class_name() == "XLMRobertaModel"
    assert find_family({"model_type": "camembert"}).name == "camembert"


@pytest.mark.parametrize("model_type", FAMILIES)
def test_silent_config_gets_the_defaults_of_transformers(model_type: str) -> None:
    from transformers import AutoConfig

    theirs = AutoConfig.for_model(model_type)
    ours = find_family({"model_type": model_type}).read_config({})
    assert (ours.vocabulary_size, ours.hidden_size, len(ours.passes), ours.heads) == (
        theirs.vocab_size,
        theirs.hidden_size,
        theirs.num_hidden_layers,
        theirs.num_attention_heads,
    )
    assert ours.intermediate_size == getattr(theirs, "intermediate_size", None) or theirs.hidden_dim
    assert ours.position_rows == theirs.max_position_embeddings
    assert ours.epsilon == getattr(theirs, "layer_norm_eps", 1e-12)
    assert ours.embedding_size == getattr(theirs, "embedding_size", theirs.hidden_size)
    assert ours.padding_id == (theirs.pad_token_id if model_type in FROM_PADDING else None)
    assert ours.activation == getattr(theirs, "hidden_act", "gelu")
    assert ours.dropout == getattr(theirs, "hidden_dropout_prob", 0.1)


def test_unknown_model_type_lists_what_is_read(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"config\.json model_type: Got model_type 'bret'.*Did you mean 'bert'\?"):
        load_config(write(tmp_path, {"model_type": "bret"}))
    with pytest.raises(WeightsError, match="Got model_type None"):
        load_config(write(tmp_path, {}))


def test_all_problems_come_at_once_with_their_place(tmp_path: Path) -> None:
    raw = {
        "model_type": "bert",
        "hidden_size": 10,
        "num_attention_heads": 3,
        "hidden_act": "gelu_nwe",
        "vocab_size": "many",
        "hidden_dropout_prob": 1.5,
        "position_embedding_type": "relative_key",
        "is_decoder": True,
    }
    with pytest.raises(WeightsError) as caught:
        load_config(write(tmp_path, raw))
    text = str(caught.value)
    assert len(caught.value.problems) == 6
    assert "Did you mean 'gelu_new'?" in text
    assert "config.json vocab_size: Got 'many'; expected a whole number of at least 1." in text
    for key in ("num_attention_heads", "hidden_dropout_prob", "position_embedding_type", "is_decoder"):
        assert key in text


@pytest.mark.parametrize("content", ["", "{", "[1]", '"bert"', "\x00"])
def test_damaged_file_is_named(content: str, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"config\.json: Got a"):
        load_config(write(tmp_path, content))


def test_folder_without_config_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"Got no config\.json"):
        load_config(tmp_path)


@settings(deadline=None)
@given(
    model_type=st.sampled_from(FAMILIES),
    raw=st.dictionaries(st.sampled_from(KEYS), JSON),
)
def test_any_values_give_a_config_or_one_clear_error(model_type: str, raw: dict[str, Any]) -> None:
    problems: tuple[Problem, ...] = ()
    try:
        config = find_family({"model_type": model_type}).read_config(raw)
    except WeightsError as error:
        problems = error.problems
    if not problems:
        assert config.hidden_size % config.heads == 0
        assert config.max_positions > 0
        assert config.activation in NAMES


def test_dropout_overrides_are_written_back_under_the_familys_keys() -> None:
    from tltk.backbones.load import _read

    _, config = _read({"model_type": "distilbert", "dropout": 0.3}, None, 0.0, 0.25)
    assert (config.dropout, config.attention_dropout) == (0.0, 0.25)
    assert (config.raw["dropout"], config.raw["attention_dropout"]) == (0.0, 0.25)
    with pytest.raises(WeightsError, match="dropout: Got 1"):
        _read({"model_type": "distilbert"}, None, 1.0, None)
