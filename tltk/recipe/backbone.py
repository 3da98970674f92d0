"""Which pretrained encoder to start from."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from tltk.recipe.kinds import PathText
from tltk.recipe.section import Section


class BackboneSection(Section):
    """A pretrained encoder of the BERT family."""

    shorthand: ClassVar[str | None] = "name"
    searchable: ClassVar[bool] = True
    not_searchable: ClassVar[frozenset[str]] = frozenset({"revision", "provider", "tokenizer"})

    provider: Literal["huggingface", "keras_hub"] = "huggingface"
    """Who builds the encoder: tltk, from a checkpoint in Hugging Face layout, or KerasHub (an extra), from a preset."""

    name: Annotated[str, Field(min_length=1)] = "all-MiniLM-L6-v2"
    """A preset, a Hugging Face id, or a local folder in Hugging Face layout (relative to the recipe file)."""

    preset: Annotated[str, Field(min_length=1)] | None = None
    """With provider keras_hub, instead of name: a KerasHub preset (`bert_tiny_en_uncased`) or a local preset folder."""

    tokenizer: PathText | None = None
    """With provider keras_hub: folder of a Hugging Face tokenizer, if none can be made of the preset's vocabulary."""

    revision: str | None = None
    """Branch, tag or commit of a Hugging Face repository (default: its main branch)."""

    max_length: int = Field(default=128, ge=4)
    """Longest input in tokens, special tokens included; longer texts are cut, counted and reported."""

    case_markup: bool = False
    """With BERT's uncased tokenizer: a piece before each word that begins with a capital letter tells of it."""

    dropout: float | None = Field(default=None, ge=0, lt=1)
    """Dropout of the hidden layers; the checkpoint's own when not given."""

    attention_dropout: float | None = Field(default=None, ge=0, lt=1)
    """Dropout of the attention weights; the checkpoint's own when not given."""

    trainable: bool = True
    """Train the encoder's weights too; false trains the head alone."""

    @property
    def source(self) -> str:
        """What the encoder is called: the preset where there is one, else the name."""
        return self.preset if self.preset is not None else self.name
