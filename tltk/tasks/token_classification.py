"""Token classification: named entities and other labelled parts of a text, or a tag for each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from tltk.data.token_places import TokenPlaces
from tltk.data.word_places import Alignment
from tltk.errors import DataError, RecipeError, TltkError
from tltk.evaluation import Evaluation
from tltk.recipe import DataSection
from tltk.tasks.labels import softmax
from tltk.tasks.registry import register_task
from tltk.tasks.tagging.comparison import compare, true_entities
from tltk.tasks.tagging.entities import entities_of
from tltk.tasks.tagging.learning import learn_tags
from tltk.tasks.tagging.options import check_options
from tltk.tasks.tagging.paths import path_probabilities
from tltk.tasks.tagging.tag_set import TagSet
from tltk.tasks.tagging.tagged_rows import TaggedRows, words_of
from tltk.tasks.tagging.tagged_units import TaggedUnits
from tltk.tasks.tagging.token_labels import IGNORED, labels_of_tokens, marks_of_words, tags_of_words
from tltk.tasks.tagging.untaught import told_of_untaught
from tltk.tasks.task import Prediction, Task

if TYPE_CHECKING:
    import keras

    from tltk.data import Encoded, LabelKind, Layout, Rows
    from tltk.losses import LossSettings


@register_task("token-classification")
class TokenClassification(Task):
    """Finds labelled parts of a text: named entities, or the tag of each word.

    A text is divided into windows where it is too long; each token is read in the window where it has most context.
    Tags that break their scheme are read as conlleval does, so that every sequence has a meaning: an `I-` after
    `O` or another type begins an entity. seqeval's default figures follow the same rule.

    Args:
        labels: tags in the order of the model's outputs, or the types of entities alone; learned when None.
        format: what stands in the label column: `tags`, one a word, or `spans`, entities by their characters.
        scheme: bio (IOB2), bioes, io, or auto: that of the training tags.
        pieces: which pieces of a word learn its tag: `first`, or `all` (after the first as inside the entity). None
            for `first`, but for `all` with spans and under the head `crf`.
        joiner: what stands between the words of a text: a blank, or nothing where words are characters (Chinese).
        stride: tokens that neighbouring windows of a long text share; "auto" for a third of the longest input; None
            cuts long texts off.

    Attributes:
        tags_: the tags in use, once fitted.

    Example:
        >>> task = TokenClassification(scheme="bio")
        >>> task.layout.stride, task.headline[0]
        ('auto', 'f1')
    """

    default_head: ClassVar[str] = "token-linear"
    takes: ClassVar[tuple[str, ...] | None] = ("positions", "edges")
    headline: ClassVar[tuple[str, ...]] = ("f1", "precision", "recall", "accuracy", "f1_macro")
    token_level: ClassVar[bool] = True
    most_texts: ClassVar[int] = 1

    def __init__(
        self,
        labels: tuple[str, ...] | None = None,
        *,
        format: str = "tags",
        scheme: str = "auto",
        pieces: str | None = None,
        joiner: str = " ",
        stride: int | Literal["auto"] | None = "auto",
    ) -> None:
        super().__init__(labels)
        check_options(format=format, scheme=scheme, pieces=pieces, joiner=joiner, stride=stride)
        self.format, self.scheme, self.joiner, self.stride = format, scheme, joiner, stride
        self.pieces = pieces or ("all" if format == "spans" else "first")
        self._pieces_given = pieces is not None
        self.crf_ = False
        self.tokens_per_row = 1.0

    def use_head(self, name: str) -> None:
        """Learn whether a conditional random field gives the outputs; it needs the tag of every piece."""
        self.crf_ = name == "crf"
        if not self.crf_:
            return
        if self._pieces_given and self.pieces == "first":
            raise RecipeError(
                "Got 'first'; under the head crf every piece of a word has a tag.",
                where="task.options.pieces",
                hint="Remove it, or set it to all.",
            )
        self.pieces = "all"

    @property
    def takes_words(self) -> bool:
        return self.format == "tags"

    def join_words(self, words: Sequence[Any], *, where: str) -> tuple[str, list[dict[str, int]]]:
        from tltk.data import TagsKind

        for word in words:
            if not isinstance(word, str):
                raise DataError(
                    f"Got {word!r:.80} among the words; expected text.",
                    where=where,
                    hint="Give a list of words, each a text.",
                )
        kind = TagsKind(joiner=self.joiner)
        return self.joiner.join(words), [{"start": start, "end": end} for start, end in kind.places(words)]

    def label_kind(self, data: DataSection) -> LabelKind:
        from tltk.data import SpansKind, TagsKind

        return SpansKind.of(data) if self.format == "spans" else TagsKind.of(data, joiner=self.joiner)

    @property
    def layout(self) -> Layout:
        from tltk.data import Layout

        return Layout(stride=self.stride, places=True)

    @property
    def units(self) -> int:
        return len(self._tags.labels)

    @property
    def labels_(self) -> tuple[str, ...]:
        """The tags in the order of the model's outputs."""
        return self._tags.labels

    def fit(self, rows: Rows) -> TokenClassification:
        tagged = self._tagged(rows)
        self.tags_ = learn_tags(rows, tagged, scheme=self.scheme, given=self.labels)
        return self

    def check(self, rows: Rows) -> None:
        self._tagged(rows).marks_in(self._tags, rows)

    def targets(self, rows: Rows, encoded: Encoded | None = None) -> dict[str, Any]:
        """Return `labels`, the number of each token's tag, -1 for tokens that learn none."""
        from tltk.data import Ragged

        if encoded is None:
            raise TltkError("The tags of tokens need the encoded rows.")
        tagged = self._tagged(rows)
        marks = tagged.marks_in(self._tags, rows)
        tokens = TokenPlaces.of(encoded)
        has_characters = tokens.is_text & (tokens.ends > tokens.starts)  # a mark of case has none, and learns nothing
        rest = has_characters if self.format == "spans" else np.zeros(len(tokens.rows), bool)
        if self.crf_:  # whose chain goes through the special tokens too
            rest = rest | ~tokens.is_text
        labels = labels_of_tokens(Alignment(tokens, tagged.words), marks, self._tags, pieces=self.pieces, rest=rest)
        return {"labels": Ragged(labels, encoded.offsets, pad=IGNORED)}

    def learn_from_encoded(self, encoded: Encoded, rows: Rows | None = None) -> list[str]:
        labels = encoded.targets["labels"]
        self.tokens_per_row = max(float(np.sum(labels.values >= 0)) / max(len(labels), 1), 1e-6)
        if rows is None:
            return []
        tagged = self._tagged(rows)
        alignment = Alignment(TokenPlaces.of(encoded), tagged.words)
        return told_of_untaught(rows, tagged, alignment, spans=self.format == "spans")

    def class_counts(self, targets: Mapping[str, Any]) -> np.ndarray:
        labels = targets["labels"].values
        return np.bincount(labels[labels >= 0], minlength=self.units)

    def loss(self, settings: LossSettings | None = None) -> keras.losses.Loss:
        from tltk.losses import CrfNegativeLogLikelihood, TokenCrossEntropy

        if self.crf_:
            return CrfNegativeLogLikelihood(settings)
        return TokenCrossEntropy(settings, tokens_per_row=self.tokens_per_row)

    def metrics(self) -> list[keras.metrics.Metric]:
        from tltk.metrics.tags import EntityF1, TokenAccuracy

        tags = self._tags
        prefixes = ["I" if prefix == "" else str(prefix) for prefix in tags.prefixes]
        return [TokenAccuracy(name="accuracy"), EntityF1(prefixes, tags.type_numbers.tolist(), name="entity_f1")]

    def activation(self, outputs: np.ndarray) -> np.ndarray:
        if outputs.ndim == 4:  # a batch of edges [rows, length, tags, tags]
            flat = outputs.reshape(-1, *outputs.shape[2:])
            _, marginals = path_probabilities(flat, np.full(len(outputs), outputs.shape[1]))
            return marginals.reshape(*outputs.shape[:3])
        return softmax(outputs)

    def probabilities(self) -> keras.layers.Layer:
        """Return softmax; under the head crf the layer `tags`, which gives the numbers of the best path's tags."""
        import keras

        if self.crf_:
            from tltk.tasks.graph.best_path import BestPath

            return BestPath(name="tags")
        return keras.layers.Softmax(dtype="float32", name="probabilities")

    def decode(
        self, outputs: np.ndarray, *, rows: Rows | None = None, encoded: Encoded | None = None
    ) -> list[Prediction]:
        """Return, for each text, its `entities` (see `entities_of`), and the `tags` of its words where they were given.

        The words of running text are found by `split_words`; with `format: spans` every token decides for itself.
        """
        assert rows is not None
        assert encoded is not None
        texts = rows.texts()
        words, are_given = (None, []) if self.format == "spans" else words_of(rows, texts)
        units = TaggedUnits.of(outputs, TokenPlaces.of(encoded), words)
        predictions: list[Prediction] = [{"entities": found} for found in entities_of(units, self._tags, texts)]
        if words is not None:
            tags = tags_of_words(marks_of_words(words, units, self._tags), self._tags)
            for number, given in enumerate(are_given):
                if given:
                    predictions[number]["tags"] = tags[words.offsets[number] : words.offsets[number + 1]]
        return predictions

    def evaluate(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
    ) -> Evaluation:
        from tltk.evaluation import evaluate_entities
        from tltk.evaluation.scorable import check_finite

        check_finite(outputs.reshape(len(outputs), -1), of="tokens")
        assert rows is not None
        assert encoded is not None
        compared = compare(
            TokenPlaces.of(encoded),
            outputs,
            self._tagged(rows),
            self._tags,
            rows=rows,
            labels=targets["labels"].values if self.format == "spans" else None,
        )
        return evaluate_entities(compared.true, compared.found, units=compared.units, types=self._tags.types)

    def mistakes(
        self,
        targets: Mapping[str, Any],
        outputs: np.ndarray,
        *,
        rows: Rows | None = None,
        encoded: Encoded | None = None,
        limit: int = 20,
    ) -> list[dict[str, Any]]:
        from tltk.evaluation import entity_mistakes

        assert rows is not None
        assert encoded is not None
        texts = rows.texts()
        true = true_entities(self._tagged(rows), texts)
        found = [made["entities"] for made in self.decode(outputs, rows=rows, encoded=encoded)]
        mistakes = entity_mistakes(texts, true, found, limit=limit)
        return [{**mistake, "where": rows.where(mistake["position"])} for mistake in mistakes]

    def get_config(self) -> dict[str, Any]:
        tags = getattr(self, "tags_", None)
        return {
            **super().get_config(),
            "format": self.format,
            "scheme": self.scheme,
            "pieces": self.pieces,
            "joiner": self.joiner,
            "stride": self.stride,
            "crf_": self.crf_,
            "tags_": None if tags is None else {"labels": list(tags.labels), "scheme": tags.scheme},
        }

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> TokenClassification:
        task = super().from_config(config)
        assert isinstance(task, cls)
        task.crf_ = bool(config.get("crf_"))
        if config.get("tags_") is not None:
            task.tags_ = TagSet(tuple(config["tags_"]["labels"]), config["tags_"]["scheme"])
        return task

    @property
    def _tags(self) -> TagSet:
        if not hasattr(self, "tags_"):
            raise TltkError("This task has not learned its tags yet.", hint="Call fit(rows).")
        return self.tags_

    def _tagged(self, rows: Rows) -> TaggedRows:
        return TaggedRows.of(rows, spans=self.format == "spans")
