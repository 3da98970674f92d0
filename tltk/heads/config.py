"""A head as plain JSON, and back: only what Keras itself defines and what is registered is ever made of it."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import keras

from tltk.errors import BundleError, RecipeError
from tltk.heads.head import heads

# Where Keras's own parts of a model live, as `keras.saving.serialize_keras_object` writes them.
_MODULES = frozenset(
    f"keras{name}"
    for name in (
        *("", ".activations", ".constraints", ".dtype_policies", ".initializers", ".layers", ".ops", ".random"),
        *(".regularizers", ".src.models.functional"),
    )
)
_OPERATIONS = "keras.src.ops."
# They hold code, or read files that their configuration names.
_REFUSED = frozenset(
    ("__lambda__", "__typespec__", "Lambda", "TFSMLayer", "TorchModuleWrapper", "JaxLayer", "FlaxLayer")
) | frozenset(("StringLookup", "IntegerLookup", "TextVectorization"))


def head_to_config(head: keras.layers.Layer) -> dict[str, Any]:
    """Return a head as plain JSON, from which `head_from_config` makes it again.

    Raises:
        BundleError: the head holds a lambda or a class that is not registered, or cannot tell its configuration.

    Example:
        >>> head_to_config(keras.layers.Dense(2))["class_name"]
        'Dense'
    """
    try:
        config = keras.saving.serialize_keras_object(head)
    except Exception as error:  # whatever the user's get_config raises
        raise BundleError(
            f"The head {type(head).__name__} cannot be saved: {error}",
            where="head",
            hint="Give it a get_config() that returns its constructor's arguments.",
        ) from error
    described = list(_parts(config))
    if any(part["class_name"] in ("__lambda__", "Lambda") for part in described):
        raise BundleError(
            f"The head {type(head).__name__} holds a lambda, which is code and cannot be saved safely.",
            where="head",
            hint="Write it as a keras.layers.Layer and register it with @tltk.register_head(name).",
        )
    for part in described:
        if not _is_known(part):
            raise BundleError(
                f"The head {type(head).__name__} cannot be saved: {_name(part)} is not registered with Keras.",
                where="head",
                hint="Put @tltk.register_head(name) above a head's class, @keras.saving.register_keras_serializable()"
                " above that of a part.",
            )
    return config


def head_from_config(config: Mapping[str, Any]) -> keras.layers.Layer:
    """Return the head that `head_to_config` described, computing in float32.

    No module is imported and no code loaded: every class must be one of Keras's layers or their parts, or be
    registered by a module that the caller has imported.

    Raises:
        BundleError: a class is not known here, or does not take its configuration.

    Example:
        >>> head_from_config(head_to_config(keras.layers.Dense(2))).units
        2
    """
    return _deserialized(_in_float32(config))


def copy_head(head: keras.layers.Layer) -> keras.layers.Layer:
    """Return a new layer of the same configuration and weights, which shares nothing with the given one.

    Training the copy leaves the user's own object as it was given, for the next call. Where the head has no weights
    yet, the copy's depend on the seed that is set when it is made, not on when the head was.

    Raises:
        RecipeError: it is no layer.
        BundleError: the head could not be saved, or not be made again from what was saved.
    """
    if not isinstance(head, keras.layers.Layer):
        raise RecipeError(
            f"Got a head of type {type(head).__name__}.", where="head", hint="Pass a keras.layers.Layer instance."
        )
    config = head_to_config(head)
    policy = keras.config.dtype_policy()
    try:
        keras.config.set_dtype_policy(head.dtype_policy)  # what its constructor makes computes as in the original
        copied = _deserialized(config)
        if head.built and head.weights:
            copied.set_weights(head.get_weights())
    except (BundleError, ValueError) as error:
        reason = error.problems[0].message if isinstance(error, BundleError) else str(error).splitlines()[0]
        raise BundleError(
            f"The head {type(head).__name__} cannot be made again from its configuration: {reason}",
            where="head",
            hint="Let its get_config() return every argument of its constructor.",
        ) from error
    finally:
        keras.config.set_dtype_policy(policy)
    return copied


def head_fingerprint(head: keras.layers.Layer) -> str:
    """Return a text that tells whether two heads are configured alike (16 hex digits of a sha256).

    The numbers that Keras puts at the end of names (`dense_1` for the second one of a process) do not count.

    Example:
        >>> head_fingerprint(keras.layers.Dense(2)) == head_fingerprint(keras.layers.Dense(2))
        True
    """
    described = json.dumps(_without_numbers(head_to_config(head)), sort_keys=True, default=str)
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def _without_numbers(config: Any) -> Any:
    if isinstance(config, Mapping):
        return {
            key: re.sub(r"_\d+$", "", value) if key == "name" and isinstance(value, str) else _without_numbers(value)
            for key, value in config.items()
        }
    return [_without_numbers(value) for value in config] if isinstance(config, list | tuple) else config


def _deserialized(config: Mapping[str, Any]) -> keras.layers.Layer:
    heads.names()  # imports the built-in heads, which registers them
    for part in _parts(config):
        if not _is_known(part):
            raise BundleError(
                f"The head names {_name(part)}, which is neither a layer of Keras nor registered here.",
                hint="Import the module that registers it (@tltk.register_head) before loading.",
            )
    try:
        head = keras.saving.deserialize_keras_object(dict(config), safe_mode=True)
    except Exception as error:  # whatever the constructor of a user's class raises
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise BundleError(f"The head {_name(config)} cannot be rebuilt: {first}") from error
    if not isinstance(head, keras.layers.Layer):
        raise BundleError(f"The head is described as {_name(config)}, which is no layer.")
    return head


def _parts(config: Any) -> Iterator[Mapping[str, Any]]:
    """Yield every object that a Keras configuration describes, the outermost first."""
    if isinstance(config, Mapping):
        if "class_name" in config:
            yield config
        for value in config.values():
            yield from _parts(value)
    elif isinstance(config, list | tuple):
        for value in config:
            yield from _parts(value)


def _is_known(part: Mapping[str, Any]) -> bool:
    class_name, module = part["class_name"], part.get("module")
    if class_name in _REFUSED or not isinstance(class_name, str):
        return False
    registered = part.get("config") if class_name == "function" else part.get("registered_name")
    if isinstance(registered, str) and keras.saving.get_registered_object(registered) is not None:
        return True
    if class_name.startswith("__"):
        return True  # numbers, tensors and slices
    if class_name == "function" and module == "builtins":
        return True  # an activation by its name
    return isinstance(module, str) and (module in _MODULES or module.startswith(_OPERATIONS))


def _name(part: Mapping[str, Any]) -> str:
    return repr(part.get("registered_name") or part.get("class_name"))


def _in_float32(config: Any) -> Any:
    """Return a Keras configuration with every mixed precision policy replaced by float32."""
    if isinstance(config, Mapping):
        if config.get("class_name") == "DTypePolicy" and str(config.get("config", {}).get("name")).startswith("mixed"):
            return {**copy.deepcopy(dict(config)), "config": {"name": "float32"}}
        return {key: _in_float32(value) for key, value in config.items()}
    if isinstance(config, list | tuple):
        return [_in_float32(value) for value in config]
    return "float32" if isinstance(config, str) and config.startswith("mixed_") else config
