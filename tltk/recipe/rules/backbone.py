"""Rules of the backbone: which of its fields belong to which provider."""

from __future__ import annotations

from collections.abc import Iterator

from tltk.recipe.recipe import Recipe
from tltk.recipe.rules.rule import Finding, rule


@rule
def keras_hub_is_given_a_preset(recipe: Recipe) -> Iterator[Finding]:
    backbone = recipe.backbone
    if backbone.provider == "keras_hub" and backbone.preset is None:
        yield Finding(
            ("backbone", "preset"),
            "Provider keras_hub needs a preset.",
            "Name one of KerasHub's presets (bert_tiny_en_uncased), or a local preset folder.",
            also=(("backbone", "provider"),),
        )


@rule
def keras_hub_takes_what_its_encoders_have(recipe: Recipe) -> Iterator[Finding]:
    backbone = recipe.backbone
    if backbone.provider != "keras_hub":
        return
    if backbone.revision is not None:
        yield Finding(("backbone", "revision"), "A KerasHub preset has no revision.", "Remove backbone.revision.")
    if backbone.attention_dropout is not None:
        yield Finding(
            ("backbone", "attention_dropout"),
            "KerasHub's encoders have one rate of dropout for all.",
            "Set backbone.dropout, or remove backbone.attention_dropout.",
        )


@rule
def presets_are_for_keras_hub(recipe: Recipe) -> Iterator[Finding]:
    backbone = recipe.backbone
    for field in ("preset", "tokenizer") if backbone.provider == "huggingface" else ():
        if getattr(backbone, field) is not None:
            yield Finding(
                ("backbone", field),
                f"backbone.{field} is for provider keras_hub.",
                f"Set backbone.provider to keras_hub, or remove backbone.{field}.",
                also=(("backbone", "provider"),),
            )
