"""What an encoder is made of, read from a Hugging Face config.json and checked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tltk.backbones.activations import check_activation
from tltk.errors import Problem, WeightsError


@dataclass(frozen=True)
class BackboneConfig:
    """The shape of one encoder, under the same names for every family.

    `raw` is the Hugging Face config it was read from, which is what gets written back.
    """

    model_type: str
    vocabulary_size: int
    hidden_size: int
    embedding_size: int
    layers: int
    """Layers with weights of their own."""
    heads: int
    intermediate_size: int
    activation: str
    dropout: float
    attention_dropout: float
    position_rows: int
    """Rows of the position table."""
    padding_id: int | None
    """Where positions are counted from, in the families that count them from the padding id; else None."""
    token_types: int
    """Rows of the token type table; 0 for none."""
    takes_token_types: bool
    """Whether the model has an input `token_type_ids`."""
    epsilon: float
    initializer_range: float
    raw: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)
    projected: bool = False
    """Whether a dense layer stands between the embeddings and the first layer."""
    layer_order: tuple[int, ...] = ()
    """Which layer computes at each depth, in the families that use a layer several times; else empty."""
    feed_forward_dropout: float | None = None
    """Rate after the feed-forward network, where it is not `dropout`."""
    relative_buckets: int = 0
    """Rows of the table of biases by relative position; 0 for none."""

    @property
    def passes(self) -> tuple[int, ...]:
        """The layers a token goes through, by their numbers, in order."""
        return self.layer_order or tuple(range(self.layers))

    @property
    def attention_width(self) -> int:
        """Width of the vectors that attention compares, all heads together."""
        return self.hidden_size

    @property
    def max_positions(self) -> int:
        """Longest input in tokens, special tokens included."""
        return self.position_rows if self.padding_id is None else self.position_rows - self.padding_id - 1

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the model's inputs, in order."""
        token_types = ("token_type_ids",) if self.takes_token_types else ()
        return ("input_ids", "attention_mask", *token_types)


def read_config_file(folder: Path) -> dict[str, Any]:
    """Return the content of `folder/config.json`.

    Raises:
        WeightsError: there is no such file, or it is not a JSON object.
    """
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise WeightsError(
            "Got no config.json; a checkpoint is a folder with config.json, model.safetensors and tokenizer files.",
            where=str(folder),
            hint="Point to the folder that `save_pretrained` or a download from the Hugging Face hub left.",
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise WeightsError(f"Got a file that is not JSON ({error}).", where=str(path), hint="Fetch it again.") from None
    if not isinstance(content, dict):
        raise WeightsError(
            f"Got a JSON {type(content).__name__}; expected an object.", where=str(path), hint="Fetch it again."
        )
    return content


class ConfigReader:
    """Reads typed values from a config and collects what is wrong with them, to be told all at once.

    Example:
        >>> reader = ConfigReader({"hidden_size": 8}, where="config.json")
        >>> reader.count("hidden_size", 768), reader.count("num_hidden_layers", 12)
        (8, 12)
    """

    def __init__(self, raw: Mapping[str, Any], *, where: str | None) -> None:
        self.raw = raw
        self.where = where
        self.problems: list[Problem] = []

    def count(self, key: str, default: int, *, least: int = 1) -> int:
        """Return the whole number at `key`, at least `least`."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            self._wrong(key, value, f"a whole number of at least {least}")
            return default
        return value

    def number(self, key: str, default: float, *, least: float, below: float) -> float:
        """Return the number at `key`, in [least, below)."""
        value = self._get(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < below:
            self._wrong(key, value, f"a number from {least} to below {below}")
            return default
        return float(value)

    def activation(self, key: str, default: str = "gelu") -> str:
        """Return the activation name at `key`."""
        try:
            return check_activation(self._get(key, default), where=self._place(key))
        except WeightsError as error:
            self.problems.extend(error.problems)
            return default

    def refuse(self, key: str, allowed: tuple[Any, ...], reason: str) -> None:
        """Note a problem when `key` is there and holds none of the `allowed` values."""
        if key in self.raw and self.raw[key] not in allowed:
            self._wrong(key, self.raw[key], f"{allowed[0]!r}: {reason}")

    def check(self, holds: bool, key: str, expected: str) -> None:
        """Note a problem with the value at `key` unless `holds`."""
        if not holds:
            self._wrong(key, self.raw.get(key), expected)

    def finish(self) -> None:
        """Raise one WeightsError for all the problems found, if any."""
        if len(self.problems) == 1:
            problem = self.problems[0]
            raise WeightsError(problem.message, where=problem.where, hint=problem.hint)
        if self.problems:
            raise WeightsError("This config cannot be used.", where=self.where, problems=self.problems)

    def _get(self, key: str, default: Any) -> Any:
        value = self.raw.get(key, default)
        return default if value is None else value

    def _wrong(self, key: str, value: Any, expected: str) -> None:
        self.problems.append(Problem(f"Got {value!r}; expected {expected}.", where=self._place(key)))

    def _place(self, key: str) -> str:
        return f"{self.where} {key}" if self.where else key
