"""Labels and options that do not fit the task."""

from __future__ import annotations

from functools import partial

from tests.wrong_inputs.case import Case, wrong
from tests.wrong_inputs.workplace import Workplace

CASES: list[Case] = []
tasks = partial(wrong, CASES)


def check(place: Workplace, task: str, data: str, text: str = "text,label\na,1\nb,2\nc,1\n") -> list[str]:
    """Return the arguments that check a small table by a recipe of some task."""
    path = place.write("rows.csv", text)
    return [
        "check",
        place.recipe(f"task: {task}\ndata: {{path: {path}, split: {{validation: null, test: null}}{data}}}"),
    ]


@tasks("A task that is not there", where="task.name", what="Got task 'regresion'", advice="Did you mean 'regression'?")
def unknown_task(place: Workplace):
    return check(place, "regresion", "")


@tasks(
    "An option that the task does not have",
    where="task.options.los",
    what="has no option 'los'",
    advice="Did you mean 'loss'?",
)
def unknown_task_option(place: Workplace):
    return check(place, "{name: regression, options: {los: huber}}", "")


@tasks(
    "Words where numbers are learned", where="rows.csv:3", what="Got label 'many'; expected a number", advice="on_error"
)
def words_for_numbers(place: Workplace):
    return check(place, "regression", "", "text,label\na,1\nb,many\n")


@tasks("Numbers with a decimal comma", where="rows.csv:3", what="'2,5', with a comma", advice="on_error")
def decimal_commas(place: Workplace):
    return check(place, "regression", "", 'text,label\na,1\nb,"2,5"\n')


@tasks("The same number in every row", where="data.label", what="the same number in 'label'", advice="Check data.label")
def equal_numbers(place: Workplace):
    return check(place, "regression", "", "text,label\na,1\nb,1\n")


@tasks(
    "Words as levels, in no order",
    where="task.labels",
    what="the levels 'bad', 'fair', 'good', which are not all numbers",
    advice="the lowest first",
)
def levels_without_an_order(place: Workplace):
    return check(place, "ordinal-regression", "", "text,label\na,good\nb,fair\nc,bad\n")


@tasks(
    "One level written in two ways",
    where="data.label",
    what="levels '1.5' and '1.50', which are one number",
    advice="data.label_names",
)
def one_level_twice(place: Workplace):
    return check(place, "ordinal-regression", "", "text,label\na,1.5\nb,2\nc,1.50\n")


@tasks(
    "Weights of classes where there are none",
    where="train.imbalance",
    what="Got weights, but task 'regression' has no classes",
    advice="Set it to none",
)
def weights_without_classes(place: Workplace):
    return [*check(place, "regression", "", "text,label\na,1\nb,2\n"), "train.imbalance=weights"]


@tasks("A threshold where numbers are learned", where="data.binarize", what="no classes", advice="Remove it")
def binarized_numbers(place: Workplace):
    return check(place, "regression", ", binarize: {threshold: 1}")


@tasks(
    "Several label columns for a task of one",
    where="data.label",
    what="Got 2 label columns; this task takes one",
    advice="choose another task",
)
def too_many_label_columns(place: Workplace):
    return check(place, "text-classification", ", label: [label, other]", "text,label,other\na,1,1\nb,2,1\n")


@tasks(
    "Neither 1 nor 0 in a column of a label",
    where="rows.csv:3",
    what="Got 'perhaps' in label column 'spam'; expected 1 or 0",
    advice="on_error",
)
def neither_yes_nor_no(place: Workplace):
    table = "text,rude,spam\na,1,0\nb,0,perhaps\n"
    return check(place, "multi-label-classification", ", label: [rude, spam]", table)


@tasks("A label set that is broken JSON", where="rows.csv:2", what="which is not a JSON list", advice="on_error")
def broken_label_list(place: Workplace):
    return check(place, "multi-label-classification", "", "text,label\na,[rude\nb,spam\n")


@tasks(
    "A label of the validation file that no training row has",
    where="more.csv:2",
    what="labels that no training row has: 'angry'",
    advice="name all labels in task.labels",
)
def unseen_label_of_a_set(place: Workplace):
    place.write("more.csv", "text,label\nc,rude|angry\n")
    return check(place, "multi-label-classification", ", validation_path: more.csv", "text,label\na,rude\nb,spam\n")


@tasks("No row has any label", where="data.label", what="No training row has a label", advice="task.options.separator")
def no_labels_at_all(place: Workplace):
    return check(place, "multi-label-classification", "", "text,label\na,\nb,\n")


@tasks(
    "A threshold that is no share",
    where="task.options.threshold",
    what="Got 7; expected a number between 0 and 1",
    advice="Leave it out",
)
def threshold_out_of_range(place: Workplace):
    return check(place, "{name: multi-label-classification, options: {threshold: 7}}", "")


@tasks(
    "A threshold in words",
    where="task.options.threshold",
    what="Got 'high'; expected a number between 0 and 1",
    advice="Leave it out",
)
def threshold_in_words(place: Workplace):
    return check(place, "{name: multi-label-classification, options: {threshold: high}}", "")


@tasks(
    "A number that sets labels apart",
    where="task.options.separator",
    what="Got 5; expected a character",
    advice="Write it in quotes",
)
def separator_of_a_number(place: Workplace):
    return check(place, "{name: multi-label-classification, options: {separator: 5}}", "")


@tasks(
    "One bound where predictions are clipped to two",
    where="task.options.clip",
    what="Got 5; expected the least and the greatest number",
    advice="clip: [0, 5]",
)
def one_bound(place: Workplace):
    return check(place, "{name: regression, options: {clip: 5}}", "")


@tasks(
    "A bound that is no number",
    where="task.options.clip",
    what="Got ['a', 5]; expected the least and the greatest number",
    advice="clip: [0, 5]",
)
def bound_of_letters(place: Workplace):
    return check(place, "{name: regression, options: {clip: [a, 5]}}", "")
