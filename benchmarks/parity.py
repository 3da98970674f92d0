"""How far every family of encoders lies from PyTorch: hidden states, and logits of its classification class.

    python -m benchmarks.parity [--seeds 3] [--families bert albert ...] [--checkpoints FOLDER_OR_PRESET ...]

For each family and seed a small model is drawn at random by PyTorch `transformers`, every bias and norm included,
written as a checkpoint and opened by tltk, and both are given the same rows in evaluation mode: random ids, whole,
padded on the right, on the left and with holes in the mask, up to the longest input. Every position counts, masked ones
too. Checkpoints are read as they are; theirs are differences at tokens, as float32 does not determine what stands at
padding of a real encoder. Prints a table, keeps it in benchmarks/results/parity.json where all families are in it, and
ends with 1 where a difference is above 1e-4.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

from benchmarks.table import table
from tltk.assets import resolve_checkpoint
from tltk.backbones import BackboneConfig, LoadedBackbone, load_backbone
from tltk.backbones.family import families

RESULTS = Path(__file__).parent / "results" / "parity.json"
BOUND = 1e-4
PADDINGS = ("none", "right", "left", "holes")
ROWS = 4
CLASSES = 3

# By every name that one family or another has for it; a config takes those it knows.
SIZES = {
    "vocab_size": 300,
    "pad_token_id": 1,
    **dict.fromkeys(("hidden_size", "dim"), 64),
    "embedding_size": 24,
    **dict.fromkeys(("num_attention_heads", "n_heads"), 4),
    **dict.fromkeys(("num_hidden_layers", "n_layers"), 4),
    **dict.fromkeys(("intermediate_size", "hidden_dim"), 128),
    "intra_bottleneck_size": 32,
    "max_position_embeddings": 130,
    **dict.fromkeys(("bos_token_id", "cls_token_id", "eos_token_id", "sep_token_id"), 2),
}

# What a family's published checkpoints have otherwise than a silent config.
PUBLISHED = {
    "deberta-v2": {
        "relative_attention": True,
        "share_att_key": True,
        "position_biased_input": False,
        "pos_att_type": ["p2c", "c2p"],
        "norm_rel_ebd": "layer_norm",
        "position_buckets": 32,
    },
}


@dataclass(frozen=True)
class Difference:
    """The largest absolute differences of a family or checkpoint.

    Args:
        name: of the family or checkpoint.
        states: of hidden states.
        positions: how many hidden states, each of the encoder's width, were compared.
        largest: largest hidden state of PyTorch's.
        logits: of the classification class; None where that was not compared.
    """

    name: str
    states: float
    positions: int
    largest: float
    logits: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--families", nargs="*", default=drawable(), choices=drawable())
    parser.add_argument("--checkpoints", nargs="*", default=[])
    given = parser.parse_args()
    found = [of_family(name, given.seeds) for name in given.families]
    found += [of_checkpoint(name) for name in given.checkpoints]
    print(render(found))
    if sorted(given.families) == drawable():
        RESULTS.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n")
    sys.exit(int(not all(within(one) for one in found)))


def within(one: Difference) -> bool:
    """Tell whether differences are within the bound; NaN, which a model that gives NaN leaves, is not."""
    return all(difference <= BOUND for difference in (one.states, one.logits) if difference is not None)


def drawable() -> list[str]:
    """Return the families of which `transformers` can draw a model."""
    from transformers.models.auto.configuration_auto import CONFIG_MAPPING_NAMES

    return sorted(name for name in families.names() if name in CONFIG_MAPPING_NAMES)


def of_family(model_type: str, seeds: int) -> Difference:
    """Compare models drawn at random."""
    differences = []
    for seed in range(seeds):
        with tempfile.TemporaryDirectory() as folder:
            theirs = random_model(model_type, seed)
            theirs.save_pretrained(folder)
            differences.append(compare(model_type, theirs, load_backbone(folder), seed))
    return Difference(
        model_type,
        float(np.max([one.states for one in differences])),
        sum(one.positions for one in differences),
        float(np.max([one.largest for one in differences])),
        float(np.max([one.logits for one in differences])),
    )


def of_checkpoint(name: str) -> Difference:
    """Compare a real checkpoint, on rows of up to its longest input, at tokens."""
    from transformers import AutoModel

    folder = resolve_checkpoint(name).folder
    theirs = AutoModel.from_pretrained(folder).eval()
    return compare(name, theirs, load_backbone(folder), seed=0, tokens_only=True)


def random_model(model_type: str, seed: int) -> Any:
    """Return a sequence classifier of PyTorch's with random weights; norms stay near what they do at first."""
    import torch
    from transformers import AutoConfig, AutoModelForSequenceClassification

    known = AutoConfig.for_model(model_type).to_dict()
    sizes = {key: value for key, value in SIZES.items() if key in known} | PUBLISHED.get(model_type, {})
    config = AutoConfig.for_model(model_type, num_labels=CLASSES, **sizes)
    torch.manual_seed(seed)
    model = AutoModelForSequenceClassification.from_config(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn_like(parameter) * 0.1
            parameter.copy_(noise + 1 if "norm" in name.lower() and name.endswith("weight") else noise)
    return model


def compare(name: str, theirs: Any, ours: LoadedBackbone, seed: int, *, tokens_only: bool = False) -> Difference:
    """Return the largest differences over batches of every padding and of short and longest rows."""
    import torch

    states, logits, largest, positions = 0.0, 0.0, 0.0, 0
    classifier = None if tokens_only else classifier_of(ours)
    for inputs in batches(ours.config, seed):
        given = {key: torch.tensor(value, dtype=torch.long) for key, value in inputs.items()}
        with torch.no_grad():
            expected = (theirs if tokens_only else theirs.base_model)(**given).last_hidden_state.numpy()
            counted = inputs["attention_mask"] > 0 if tokens_only else np.ones(expected.shape[:2], bool)
            # Not Python's `max`, which leaves NaN out or in by its place.
            states = float(np.maximum(states, np.abs(np.asarray(ours.model(inputs)) - expected)[counted].max()))
            largest = float(np.maximum(largest, np.abs(expected[counted]).max()))
            positions += int(counted.sum())
            if classifier is not None:
                difference = np.abs(np.asarray(classifier(inputs)) - theirs(**given).logits.numpy())
                logits = float(np.maximum(logits, difference.max()))
    return Difference(name, states, positions, largest, None if classifier is None else logits)


def classifier_of(ours: LoadedBackbone) -> Any:
    """Return the model that the family's sequence classification class is, with its weights."""
    from tltk.heads import attach, build_head, load_huggingface_head
    from tltk.recipe import HeadSection

    head = build_head(HeadSection(), units=CLASSES, family=ours.family, config=ours.config)
    model = attach(ours.model, head)
    if not load_huggingface_head(head, ours.head_tensors, ours.family):
        raise ValueError(f"the checkpoint holds no head that {ours.family.name}'s classification class has")
    return model


def batches(config: BackboneConfig, seed: int) -> Iterator[Mapping[str, np.ndarray]]:
    """Yield random rows of every padding: short ones, and the longest the encoder takes."""
    random = np.random.default_rng(seed)
    padding_id = config.raw.get("pad_token_id") or 0
    for padding in PADDINGS:
        for length in (24, config.max_positions):
            lengths = random.integers(2, length + 1, ROWS)
            lengths[0] = length
            places = np.arange(length)
            mask = {
                "none": np.ones((ROWS, length), bool),
                "right": places < lengths[:, None],
                "left": places >= length - lengths[:, None],
                "holes": (random.random((ROWS, length)) < 0.7) | (places == 0),
            }[padding]
            ids = random.integers(padding_id + 1, config.vocabulary_size, mask.shape)
            inputs = {"input_ids": np.where(mask, ids, padding_id), "attention_mask": mask}
            if config.takes_token_types:
                inputs["token_type_ids"] = random.integers(0, config.token_types, mask.shape)
            yield {key: value.astype("int32") for key, value in inputs.items()}


def render(found: list[Difference]) -> str:
    """Return the differences as a Markdown table."""
    rows = [
        [
            one.name,
            f"{one.states:.1e}",
            "-" if one.logits is None else f"{one.logits:.1e}",
            f"{one.largest:.1f}",
            f"{one.positions:,}",
        ]
        for one in found
    ]
    return table(["family or checkpoint", "hidden states", "logits", "largest state", "positions"], rows)


if __name__ == "__main__":
    main()
