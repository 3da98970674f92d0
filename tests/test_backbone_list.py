from __future__ import annotations

from pathlib import Path

import pytest

import tltk
from tests.tiny_bert import write_tiny_bert
from tltk.assets import catalog
from tltk.backbones import build_backbone, find_family, load_config
from tltk.backbones.family import families
from tltk.backbones.published import PUBLISHED, PublishedCheckpoint
from tltk.backbones.size import encoder_size
from tltk.errors import AssetError, TrainingError


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tltk.training.rate.product_rate", lambda precision: 1e9)


def test_all_families_and_presets_are_listed_without_fetching_any(empty_cache: Path) -> None:
    found = tltk.list_backbones(batch_size=4, length=32, precision="float32")
    assert [family["model_type"] for family in found["families"]] == families.names()
    assert all(family["about"].endswith(".") for family in found["families"])
    assert len({family["about"] for family in found["families"]}) == len(found["families"])
    classes = {family["model_type"]: family["class"] for family in found["families"]}
    assert (classes["xlm-roberta"], classes["keras_hub"]) == ("XLMRobertaModel", None)
    names = [one["name"] for one in found["checkpoints"]]
    assert names == [*catalog.preset_names("checkpoint"), *(checkpoint.name for checkpoint in PUBLISHED)]
    assert {one["model_type"] for one in found["checkpoints"]} == {*families.names()} - {"keras_hub"}
    assert {one["state"] for one in found["checkpoints"]} == {"absent"}
    assert all(one["licence"] and one["training"]["seconds_per_step"] > 0 for one in found["checkpoints"])
    assert found["estimated_for"] == {
        "batch_size": 4,
        "length": 32,
        "precision": "float32",
        "product_flops_per_second": 10**9,
    }
    assert not empty_cache.exists()


def test_a_folder_is_told_in_detail(tmp_path: Path) -> None:
    folder = write_tiny_bert(tmp_path / "tiny")
    found = tltk.list_backbones(str(folder), batch_size=2, length=16)
    (one,) = found["checkpoints"]
    _, config = load_config(folder)
    assert one["parameters"] == build_backbone(config.raw).count_params()
    assert (one["model_type"], one["state"], one["licence"]) == ("bert", "folder", None)
    assert one["bytes"] == sum(path.stat().st_size for path in folder.iterdir())
    assert (one["depths"], one["hidden_size"], one["max_length"]) == (2, 32, 128)
    training = one["training"]
    parts = ("weights", "gradients", "moments", "activations")
    assert training["memory_bytes"] == sum(training[f"{part}_bytes"] for part in parts)


@pytest.mark.parametrize(("family", "known"), [("bert", "'all-MiniLM-L6-v2'"), ("xlm-roberta", "a Hugging Face id")])
def test_a_family_is_not_taken_for_a_checkpoint(family: str, known: str) -> None:
    with pytest.raises(AssetError, match=f"Got '{family}', which is a family.*{known}"):
        tltk.list_backbones(family)


@pytest.mark.parametrize("checkpoint", PUBLISHED, ids=lambda checkpoint: checkpoint.name)
def test_sizes_of_well_known_checkpoints_are_those_of_transformers(checkpoint: PublishedCheckpoint) -> None:
    torch = pytest.importorskip("torch", reason="NO ORACLE: PyTorch is not installed")
    from transformers import AutoConfig, AutoModel

    given = dict(checkpoint.config)
    theirs = AutoConfig.for_model(given.pop("model_type"), **given)
    with torch.device("meta"):
        weights = AutoModel.from_config(theirs).named_parameters()
    family = find_family(checkpoint.config)
    size = encoder_size(family, family.read_config(checkpoint.config))
    assert size.parameters == sum(weight.numel() for name, weight in weights if "pooler" not in name)


def test_rows_too_long_for_a_preset_leave_its_costs_out() -> None:
    one, *_ = tltk.list_backbones(length=513)["checkpoints"]
    assert one["max_length"] == 512
    assert one["training"] is None


def test_the_catalog_says_of_a_preset_what_its_files_say(minilm_folder: Path) -> None:
    preset = catalog.find_preset("all-MiniLM-L6-v2")
    assert find_family(preset.config).read_config(preset.config) == load_config(minilm_folder)[1]


def test_mistakes_are_named(tmp_path: Path) -> None:
    folder = str(write_tiny_bert(tmp_path / "tiny"))
    with pytest.raises(TrainingError, match=r"length: Got 129; .*tiny' takes at most 128 tokens"):
        tltk.list_backbones(folder, length=129)
    with pytest.raises(TrainingError, match="batch_size: Got 0; expected a whole number"):
        tltk.list_backbones(folder, batch_size=0)
    with pytest.raises(TrainingError, match="precision"):
        tltk.list_backbones(folder, precision="float23")
    with pytest.raises(AssetError, match="no such folder"):
        tltk.list_backbones("./nowhere")
