"""Carries weights between the tensors of a checkpoint and the variables of an encoder, by name table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from tltk.backbones.config import BackboneConfig
from tltk.backbones.names import TensorName
from tltk.backbones.report import LoadReport
from tltk.backbones.tensors import Tensors, read_tensors
from tltk.errors import Problem, WeightsError

if TYPE_CHECKING:
    import keras

    from tltk.backbones.family import Family

_LISTED = 40  # a checkpoint of another family misses hundreds; the first few tell it


def load_safetensors(
    family: Family, folder: Path, config: BackboneConfig
) -> tuple[keras.Model, LoadReport, dict[str, np.ndarray]]:
    """Return what `Family.load` does, of a folder in Hugging Face layout."""
    tensors = read_tensors(folder)

    from tltk.backbones.initial import without_random_weights  # brings TensorFlow, which a broken folder does not need

    with without_random_weights():
        model = family.build(config)
    report = load_weights(model, family, config, tensors, where=str(folder))
    return model, report, _head_tensors(family, tensors)


def load_weights(
    model: keras.Model, family: Family, config: BackboneConfig, tensors: Tensors, *, where: str
) -> LoadReport:
    """Assign the tensors of a checkpoint to an encoder's variables; nothing is assigned unless everything fits.

    Returns:
        which tensors were loaded, which were ignored, and which of the family's classification head are there.

    Raises:
        WeightsError: tensors are missing, extra, of another shape or kind, or hold numbers that are not finite: all
            of them in one error.
    """
    names = family.tensor_names(config)
    found = {family.canonical(name): name for name in tensors}
    problems = _misfits(model, names, family, tensors, found)
    if problems:
        raise _not_fitting(problems, family, where)
    # Read twice, one tensor at a time: whatever the size of the checkpoint, one tensor of it is held beside the model.
    broken = [found[row.tensor] for row in names if not np.isfinite(tensors[found[row.tensor]]).all()]
    if broken:
        raise _not_finite(broken, tensors, where)
    for variable, value in _variable_values(names, tensors, found):
        find_variable(model, variable).assign(value)

    wanted = {row.tensor for row in names}
    head = [name for name in family.head_tensors if family.canonical(name) in found]
    described = family.classification_head
    absent = [name for name in (described.tensors if described else ()) if family.canonical(name) not in found]
    used = wanted | {family.canonical(name) for name in head}
    return LoadReport(
        where=where,
        loaded=len(wanted),
        ignored=tuple(sorted(name for short, name in found.items() if short not in used)),
        head=tuple(head),
        initialised=tuple(absent),
    )


def encoder_tensors(model: keras.Model, family: Family, config: BackboneConfig) -> dict[str, np.ndarray]:
    """Return an encoder's weights as float32 tensors under the names of a bare checkpoint of its family."""
    tensors = {}
    for row in family.tensor_names(config):
        value = np.asarray(find_variable(model, row.variable).numpy(), dtype=np.float32)
        value = np.split(value, row.parts, axis=-1)[row.part]
        tensors[row.tensor] = np.ascontiguousarray(value.T if row.transpose else value)
    return tensors


def find_variable(model: keras.Model, path: str) -> Any:
    """Return the variable at `path`: a layer's name, then attributes and numbers ("layer_0.attention.qkv.kernel")."""
    layer, *attributes = path.split(".")
    part = model.get_layer(layer)
    for attribute in attributes:
        part = part[int(attribute)] if attribute.isdigit() else getattr(part, attribute)
    return part


def _head_tensors(family: Family, tensors: Tensors) -> dict[str, np.ndarray]:
    found = {family.canonical(name): name for name in tensors}
    return {
        name: tensors[found[family.canonical(name)]] for name in family.head_tensors if family.canonical(name) in found
    }


def _misfits(
    model: keras.Model, names: Sequence[TensorName], family: Family, tensors: Tensors, found: dict[str, str]
) -> list[Problem]:
    problems = []
    for row in names:
        expected = _expected_shape(model, row)
        if row.tensor not in found:
            problems.append(Problem(f"missing: {row.tensor}, shape {list(expected)}"))
            continue
        name = found[row.tensor]
        if tensors.shape(name) != expected:
            problems.append(
                Problem(f"misshapen: {name} has shape {list(tensors.shape(name))}; expected {list(expected)}")
            )
        elif not tensors.is_float(name):
            problems.append(Problem(f"not floating point: {name}; quantised checkpoints cannot be fine-tuned here"))
    wanted = {row.tensor for row in names}
    extra = [name for short, name in found.items() if short not in wanted and not family.may_ignore(short)]
    problems += [Problem(f"extra: {name}, shape {list(tensors.shape(name))}") for name in sorted(extra)]
    if len(found) < len(tensors):
        kept = set(found.values())
        doubled = sorted(name for name in tensors if name not in kept)
        problems += [
            Problem(f"twice: {name} and {found[family.canonical(name)]} are the same tensor") for name in doubled
        ]
    return problems


def _expected_shape(model: keras.Model, row: TensorName) -> tuple[int, ...]:
    shape = tuple(find_variable(model, row.variable).shape)
    shape = (*shape[:-1], shape[-1] // row.parts)
    return shape[::-1] if row.transpose else shape


def _variable_values(
    names: Sequence[TensorName], tensors: Tensors, found: dict[str, str]
) -> Iterator[tuple[str, np.ndarray]]:
    """Yield each variable's place and value, made of one tensor or of several side by side."""
    rows: dict[str, list[TensorName]] = defaultdict(list)
    for row in sorted(names, key=lambda row: row.part):
        rows[row.variable].append(row)
    for variable, parts in rows.items():
        values = [tensors[found[row.tensor]] for row in parts]
        values = [value.T if row.transpose else value for row, value in zip(parts, values, strict=True)]
        yield variable, np.concatenate(values, axis=-1) if len(values) > 1 else values[0]


def _not_finite(suspects: list[str], tensors: Tensors, where: str) -> WeightsError:
    broken = [(name, int(np.count_nonzero(~np.isfinite(tensors[name])))) for name in suspects]
    return WeightsError(
        "The tensors hold numbers that are not finite (NaN or infinite).",
        where=where,
        hint="Fetch the checkpoint again; if it is your own, its training has diverged: take an earlier one.",
        problems=_shortened(
            [Problem(f"{name}: {count:,} of {tensors[name].size:,}") for name, count in broken if count]
        ),
    )


def _shortened(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= _LISTED:
        return problems
    return [*problems[:_LISTED], Problem(f"... and {len(problems) - _LISTED} more of this kind.")]


def _not_fitting(problems: list[Problem], family: Family, where: str) -> WeightsError:
    return WeightsError(
        f"The tensors do not fit the {family.model_type} encoder that config.json describes.",
        where=where,
        hint="Check that config.json and the weights are of one checkpoint.",
        problems=_shortened(problems),
    )
