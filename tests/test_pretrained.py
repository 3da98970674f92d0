"""Checkpoints as they are, as Bundles that embed; sentence-transformers and plain PyTorch are the oracles."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tltk
from tests.pairs import make_pairs
from tltk.errors import WeightsError

TEXTS = ["a gripping film", "dull , loud and far too long " * 4, "is this sentence acceptable ?"]


@pytest.fixture
def checkpoint(tiny_bert_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_bert_folder, tmp_path / "checkpoint"))


def test_vectors_are_the_masked_mean_of_pytorch(checkpoint: Path, empty_cache: Path) -> None:
    torch = pytest.importorskip("torch", reason="NO ORACLE: PyTorch is not installed")
    from transformers import AutoModel, AutoTokenizer

    tokens = AutoTokenizer.from_pretrained(checkpoint)(
        TEXTS, padding=True, truncation=True, max_length=16, return_tensors="pt"
    )
    with torch.inference_mode():
        states = AutoModel.from_pretrained(checkpoint)(**tokens).last_hidden_state
    mask = tokens["attention_mask"][:, :, None].float()
    expected = (states * mask).sum(1) / mask.sum(1)
    bundle = tltk.embedder(str(checkpoint), max_length=16)
    np.testing.assert_allclose(bundle.embed(TEXTS), expected, atol=1e-5)
    cosine = torch.cosine_similarity(expected[0], expected[1], dim=0)
    assert bundle.predict((TEXTS[0], TEXTS[1]))["score"] == pytest.approx(float(cosine), abs=1e-5)
    assert set(bundle.evaluate(make_pairs(10), text=["a", "b"]).metrics) == {"spearman", "pearson"}


def test_it_is_made_once_and_anew_where_the_checkpoint_has_changed(checkpoint: Path, empty_cache: Path) -> None:
    first = tltk.embedder(str(checkpoint))
    assert tltk.embedder(str(checkpoint)).path == first.path
    config = json.loads((checkpoint / "config.json").read_text())
    (checkpoint / "config.json").write_text(json.dumps({**config, "layer_norm_eps": 1e-3}))
    second = tltk.embedder(str(checkpoint))
    assert second.path != first.path
    assert not np.allclose(second.embed("a film"), first.embed("a film"))


def test_a_damaged_one_is_made_anew(checkpoint: Path, empty_cache: Path, capsys: Any) -> None:
    first = tltk.embedder(str(checkpoint))
    before = first.embed("a film")
    (first.path / "encoder" / "config.json").write_text("{}")
    np.testing.assert_array_equal(tltk.embedder(str(checkpoint)).embed("a film"), before)
    assert "made anew" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("pooling", "options"),
    [
        ("mean", {}),
        ("cls", {"normalize": True}),
        ("max", {"units": 5, "activation": "gelu"}),
        ("mean", {"units": 5, "normalize": True}),
    ],
)
def test_sentence_transformers_opens_the_encoder_and_gives_the_same(
    pooling: str, options: dict[str, Any], checkpoint: Path, tmp_path: Path
) -> None:
    library = pytest.importorskip("sentence_transformers", reason="NO ORACLE: needs torch and sentence-transformers")
    from tests.reviews import tiny_recipe

    recipe = tiny_recipe(
        checkpoint,
        task="similarity",
        data__text=["a", "b"],
        data__label="score",
        data__split__validation=None,
        data__split__test=None,
        train__epochs=1,
        backbone__max_length=12,
        head={"pooling": pooling, "options": options},
    )
    run = tltk.fit(recipe, data=make_pairs(16), output=tmp_path / "run")
    theirs = library.SentenceTransformer(str(run.bundle.path / "encoder"), device="cpu")
    np.testing.assert_allclose(run.embed(TEXTS), theirs.encode(TEXTS), atol=1e-5)
    again = tltk.embedder(str(run.bundle.path / "encoder"), output=tmp_path / "again")
    np.testing.assert_allclose(again.embed(TEXTS), run.embed(TEXTS), atol=1e-5)


def test_a_checkpoint_of_sentence_transformers_is_used_as_it_says(checkpoint: Path, tmp_path: Path) -> None:
    library = pytest.importorskip("sentence_transformers", reason="NO ORACLE: needs torch and sentence-transformers")
    from sentence_transformers.models import Normalize, Pooling, Transformer

    transformer = Transformer(str(checkpoint), max_seq_length=10)
    theirs = library.SentenceTransformer(modules=[transformer, Pooling(32, pooling_mode="cls"), Normalize()])
    theirs.save(str(tmp_path / "theirs"))
    bundle = tltk.embedder(str(tmp_path / "theirs"), output=tmp_path / "ours")
    assert bundle.recipe.backbone.max_length == 10
    np.testing.assert_allclose(bundle.embed(TEXTS), theirs.encode(TEXTS), atol=1e-5)
    plain = tltk.embedder(str(tmp_path / "theirs"), pooling="mean", output=tmp_path / "plain")
    assert abs(np.linalg.norm(plain.embed(TEXTS[0])) - 1) > 1e-3


@pytest.fixture
def with_dense(checkpoint: Path, tmp_path: Path) -> Path:
    """A checkpoint of sentence-transformers with a dense layer of 8 units and tanh, as LaBSE has one."""
    pytest.importorskip("sentence_transformers", reason="NO ORACLE: needs torch and sentence-transformers")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Dense, Normalize, Pooling, Transformer

    modules = [Transformer(str(checkpoint), max_seq_length=10), Pooling(32), Dense(32, 8), Normalize()]
    SentenceTransformer(modules=modules).save(str(tmp_path / "dense"))
    return tmp_path / "dense"


def test_a_dense_layer_of_sentence_transformers_is_taken(with_dense: Path, empty_cache: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file
    from sentence_transformers import SentenceTransformer

    expected = SentenceTransformer(str(with_dense)).encode(TEXTS)
    bundle = tltk.embedder(str(with_dense))
    np.testing.assert_allclose(bundle.embed(TEXTS), expected, atol=1e-5)
    np.testing.assert_allclose(tltk.load(bundle.path, engine="onnx").embed(TEXTS), expected, atol=1e-5)
    weights = with_dense / "2_Dense" / "model.safetensors"
    save_file({name: tensor * 2 for name, tensor in load_file(weights).items()}, weights)
    changed = tltk.embedder(str(with_dense)).embed(TEXTS)
    np.testing.assert_allclose(changed, SentenceTransformer(str(with_dense)).encode(TEXTS), atol=1e-5)
    assert not np.allclose(changed, expected, atol=1e-3)


def test_training_goes_on_from_the_dense_layer(with_dense: Path, tmp_path: Path) -> None:
    from tltk.build import build_model
    from tltk.recipe import load_recipe
    from tltk.tasks import Similarity

    def built(**options: Any) -> Any:
        data = {"source": "memory", "text": ["a", "b"], "label": "score"}
        given = {"name": "pairs", "task": "similarity", "data": data, "backbone": str(with_dense)}
        return build_model(load_recipe({**given, "head": {"options": options}}), with_dense, Similarity())

    as_it_is = built()
    assert (as_it_is.head.units, as_it_is.head.activation, as_it_is.head.normalize) == (8, "tanh", True)
    assert as_it_is.initialised == ()
    fresh = built(units=4)
    assert (fresh.head.units, fresh.head.activation, fresh.head.normalize) == (4, "linear", True)
    assert len(fresh.initialised) == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"activation_function": "torch.nn.modules.activation.Softplus"}, "activation_function '.*Softplus'"),
        ({"activation_function": ["x"]}, "activation_function "),
        ({"use_residual": True}, "a residual connection"),
        ({"module_input_name": "token_embeddings"}, "a layer from token_embeddings"),
        ({"out_features": "8"}, "out_features '8'"),
        ({"out_features": 9}, "shape .* of linear.weight; expected"),
    ],
)
def test_a_dense_layer_of_another_kind_is_refused(
    changes: dict[str, Any], message: str, with_dense: Path, tmp_path: Path
) -> None:
    place = with_dense / "2_Dense" / "config.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), **changes}))
    with pytest.raises(WeightsError, match=f"2_Dense.*Got {message}.*head.pooling"):
        tltk.embedder(str(with_dense), output=tmp_path / "bundle")


def test_a_dense_layer_may_have_no_bias_but_not_lose_it(with_dense: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file
    from sentence_transformers import SentenceTransformer

    place, weights = (with_dense / "2_Dense" / name for name in ("config.json", "model.safetensors"))
    save_file({"linear.weight": load_file(weights)["linear.weight"]}, weights)
    with pytest.raises(WeightsError, match="Got no linear.bias"):
        tltk.embedder(str(with_dense), output=tmp_path / "bundle")
    place.write_text(json.dumps({**json.loads(place.read_text()), "bias": False}))
    ours = tltk.embedder(str(with_dense), output=tmp_path / "bundle").embed(TEXTS)
    np.testing.assert_allclose(ours, SentenceTransformer(str(with_dense)).encode(TEXTS), atol=1e-5)


def test_a_pickled_dense_layer_is_not_opened(with_dense: Path, tmp_path: Path) -> None:
    (with_dense / "2_Dense" / "model.safetensors").rename(with_dense / "2_Dense" / "pytorch_model.bin")
    with pytest.raises(WeightsError, match=r"pickles \(pytorch_model\.bin\)"):
        tltk.embedder(str(with_dense), output=tmp_path / "bundle")


@pytest.mark.parametrize("path", ["..", "", "a/b", "/etc"])
def test_a_module_is_never_read_from_elsewhere(path: str, with_dense: Path, tmp_path: Path) -> None:
    place = with_dense / "modules.json"
    modules = json.loads(place.read_text())
    modules[2]["path"] = path
    place.write_text(json.dumps(modules))
    with pytest.raises(WeightsError, match="which is no folder beside it"):
        tltk.embedder(str(with_dense), output=tmp_path / "bundle")


@pytest.mark.parametrize(
    ("modules", "pooling", "message"),
    [
        (["Transformer", "Pooling", "LSTM"], {}, "Got the modules Transformer, Pooling, LSTM"),
        (["Transformer", "Pooling", "Normalize", "Dense"], {}, "Got the modules .*, Normalize, Dense"),
        (["Transformer"], {}, "Got the modules Transformer;"),
        ([], {}, "Got no modules;"),
        (["Transformer", "Pooling"], {"pooling_mode_weightedmean_tokens": True}, "Got pooling weightedmean_tokens"),
        (
            ["Transformer", "Pooling"],
            {"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": True},
            "cls_token and",
        ),
        (["Transformer", "Pooling"], None, "cannot be read"),
    ],
)
def test_what_is_not_known_is_refused_with_the_way_out(
    modules: list[str], pooling: dict[str, Any] | None, message: str, checkpoint: Path, tmp_path: Path
) -> None:
    kinds = [{"path": "" if kind == "Transformer" else f"1_{kind}", "type": f"a.{kind}"} for kind in modules]
    (checkpoint / "modules.json").write_text(json.dumps(kinds))
    (checkpoint / "1_Pooling").mkdir()
    if pooling is not None:
        (checkpoint / "1_Pooling" / "config.json").write_text(json.dumps(pooling))
    with pytest.raises(WeightsError, match=f"{message}.*head.pooling"):
        tltk.embedder(str(checkpoint), output=tmp_path / "bundle")
    assert tltk.embedder(str(checkpoint), pooling="cls", output=tmp_path / "bundle").embed("a").shape == (32,)
