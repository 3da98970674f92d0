"""What wrong values are told: the place, what came, what is allowed, what to do."""

from __future__ import annotations

import pytest

from tltk.errors import RecipeError
from tltk.recipe import BackboneSection, Recipe, TrainSection, load_recipe, validate


def messages(text: str) -> list[str]:
    with pytest.raises(RecipeError) as caught:
        load_recipe(text + "\n")
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # Unknown keys
        ("trian: {}", "<text>:1:1 trian: Unknown key 'trian'. Did you mean 'train'?"),
        ("train: {epoch: 1}", "<text>:1:9 train.epoch: Unknown key 'epoch'. Did you mean 'epochs'?"),
        ("train: {lr: 1}", "<text>:1:9 train.lr: Unknown key 'lr'. Did you mean 'train.learning_rate'?"),
        ("max_seq_length: 1", "max_seq_length: Unknown key 'max_seq_length'. Did you mean 'backbone.max_length'?"),
        ("data: {test_size: 1}", "data.test_size: Unknown key 'test_size'. Did you mean 'data.split.test'?"),
        ("epochs: 1", "<text>:1:1 epochs: Unknown key 'epochs'. Did you mean 'train.epochs'?"),
        ("data: {max_length: 9}", "data.max_length: Unknown key 'max_length'. Did you mean 'backbone.max_length'?"),
        ("evaluate: {zzz: 1}", "<text>:1:12 evaluate.zzz: Unknown key 'zzz'. Known: batch_size."),
        ("<<: {}", "<text>:1:1 <<: Unknown key '<<'."),
        # Numbers
        ("train: {epochs: 0}", "<text>:1:17 train.epochs: Got 0; expected a whole number of at least 1."),
        ("train: {epochs: 1.5}", "Got 1.5; expected a whole number of at least 1."),
        ("train: {epochs: 3.0}", "Got 3.0; expected a whole number of at least 1."),
        ("train: {epochs: true}", "Got true; expected a whole number of at least 1."),
        ("train: {epochs: '3'}", "Got '3'; expected a whole number of at least 1. Remove the quotes."),
        ("train: {epochs: }", "Got null; expected a whole number of at least 1."),
        ("train: {epochs: [3]}", "Got [3]; expected a whole number of at least 1."),
        ("train: {epochs: {n: 3}}", "Got a mapping with n; expected a whole number of at least 1."),
        ("train: {learning_rate: 1e999}", "expected a number above 0."),
        ("train: {learning_rate: .nan}", "expected a number above 0."),
        ("train: {warmup_ratio: 1}", "Got 1; expected a number of at least 0 and below 1."),
        ("backbone: {dropout: -1}", "Got -1; expected a number of at least 0 and below 1, or null."),
        ("seed: 2147483648", "Got 2147483648; expected a whole number of at least 0 and below 2,147,483,648."),
        # Texts, words, truth
        ("train: {schedule: linar}", "Got 'linar'; expected linear, cosine or constant. Did you mean 'linear'?"),
        ("train: {schedule: 1}", "Got 1; expected linear, cosine or constant."),
        ("train: {group_by_length: yes}", "Got 'yes'; expected true or false. Write true or false, without quotes."),
        (
            "data: {label: 3}",
            "Got 3; expected a text that is not empty or a list, each a text that is not empty. Put it in quotes: '3'.",
        ),
        ("data: {label: ''}", "Got ''; expected a text that is not empty or a list, each a text that is not empty."),
        ("name: ../x", "Got '../x'; expected letters, digits, '.', '_' and '-', beginning with a letter or digit"),
        ("data: {delimiter: '||'}", "Got '||'; expected a single character, or null."),
        # Lists and mappings
        ("data: {text: [a, 3]}", "<text>:1:18 data.text[1]: Got 3; expected a text that is not empty."),
        ("task: {labels: a}", "Got 'a'; expected a list, each a text, a number or true or false, or null."),
        ("data: {binarize: {names: [a]}}", "data.binarize.names[1]: Nothing is given; expected"),
        ("data: {label_names: [a]}", "Got [\"a\"]; expected a mapping, each value a text"),
        ("train: 5", "<text>:1:8 train: Got 5; expected a mapping with keys among epochs, batch_size,"),
        ("train:", "train: Got null; expected a mapping with keys among epochs"),
        ("tune: {trials: 3}", "tune.parameters: Nothing is given; expected a mapping of at least 1 key"),
        ("tune: {parameters: {}}", "tune.parameters: Got a mapping with no keys; expected a mapping of at least 1 key"),
        # Search dimensions
        ("tune: {parameters: {train.epochs: {}}}", "Give exactly one of choice, range, log_range; got none."),
        ("tune: {parameters: {train.epochs: {range: [3, 1]}}}", "The lowest value must be below the highest;"),
        ("tune: {parameters: {train.epochs: {range: [1]}}}", "range[1]: Nothing is given; expected a number."),
        ("tune: {parameters: {train.learning_rate: {log_range: [0, 1]}}}", "A log_range starts above zero; got 0."),
        ("tune: {parameters: {train.epochs: {chioce: [1]}}}", "Unknown key 'chioce'. Did you mean 'choice'?"),
    ],
)  # fmt: skip
def test_one_wrong_value(text: str, message: str) -> None:
    (told,) = messages(text)
    assert message in told


def test_all_problems_come_at_once() -> None:
    text = "train:\n  epochs: 0\n  schedule: fast\n  epochs: -1\ndata: {source: csv, label: text, seed: 1}\nseed: x"
    assert [told.partition(": ")[0] for told in messages(text)] == [
        "<text>:4:3 train.epochs",
        "<text>:3:13 train.schedule",
        "<text>:4:11 train.epochs",
        "<text>:5:16 data.source",
        "<text>:5:28 data.label",
        "<text>:5:34 data.seed",
        "<text>:6:7 seed",
    ]


def test_a_wrong_value_does_not_make_rules_complain_about_it_too() -> None:
    assert len(messages("data: {source: csv, path: 3}")) == 1
    assert len(messages("data: {source: csv, pth: a.csv}")) == 1
    assert len(messages("train: {monitor: 3, early_stopping: {}}\ndata: {path: a.csv, split: {validation: null}}")) == 1


def test_one_problem_is_told_in_one_line() -> None:
    with pytest.raises(RecipeError) as caught:
        load_recipe("train: {epochs: 0}\n")
    assert str(caught.value) == "<text>:1:17 train.epochs: Got 0; expected a whole number of at least 1."


def test_objects_are_checked_as_files_are() -> None:
    with pytest.raises(RecipeError, match=r"epoch: Unknown key 'epoch'\. Did you mean 'epochs'\?"):
        TrainSection(epoch=1)  # type: ignore[call-arg]
    with pytest.raises(RecipeError) as caught:
        Recipe(train={"epochs": 0}, backbone=BackboneSection(name="x"), seed="1")  # type: ignore[arg-type]
    assert len(caught.value.problems) == 2
    with pytest.raises(RecipeError, match=r"data\.source: Source 'csv' needs data\.path"):
        validate(Recipe(data={"source": "csv"}))  # type: ignore[arg-type]
    validate(Recipe())
