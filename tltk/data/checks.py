"""What must hold before any weights are loaded: one rule a function."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tltk.data.dataset import Rows, Source
from tltk.data.kinds import LabelKind, label_columns
from tltk.data.rare_labels import rows_with
from tltk.data.report import ReadReport, SourceReport
from tltk.errors import DataError, some_of
from tltk.recipe.data import DataSection


def check_section(section: DataSection, kind: LabelKind) -> None:
    """Refuse a column that is text and label, one named twice, and more or fewer label columns than the kind has."""
    text = (section.text,) if isinstance(section.text, str) else section.text
    labels = label_columns(section) if kind.most != 0 else ()
    for label in labels:
        if label in text:
            raise DataError(
                f"Column {label!r} is both text and label.",
                where="data.label",
                hint="Name another column for one of them.",
            )
    if len(set(labels)) < len(labels):
        raise DataError(
            f"Got label columns {list(labels)}; expected different ones.",
            where="data.label",
            hint="Name each column once.",
        )
    if len(labels) < kind.fewest or (kind.most is not None and len(labels) > kind.most):
        expected = "one" if kind.fewest == kind.most else f"{kind.fewest} at least"
        raise DataError(
            f"Got {len(labels)} label columns; this task takes {expected}.",
            where="data.label",
            hint="Name as many, or choose another task (task.name).",
        )
    if section.binarize is not None and not kind.binarizes:
        raise DataError(
            "Got a threshold that makes classes of numbers; this task's labels are no classes.",
            where="data.binarize",
            hint="Remove it, or choose a task of one class a row: task: text-classification.",
        )
    if len(set(text)) < len(text) or not text:
        raise DataError(
            f"Got text columns {list(text)}; expected different ones.", where="data.text", hint="Name each column once."
        )


def check_has_training(splits: Sequence[str]) -> None:
    """Refuse data without training rows."""
    if "train" not in splits:
        found = ", ".join(splits) or "none"
        raise DataError(f"There are no training rows; the splits are: {found}.", hint="Give data for 'train'.")


def check_labels_hidden(split: str, report: ReadReport) -> None:
    """Refuse withheld labels in training; leave other splits with them out, and say so."""
    if split == "train":
        raise DataError(
            "Every label of the training rows is withheld (-1).",
            where="data.train_split",
            hint="Name another split as data.train_split.",
        )
    report.warnings.append(f"{split}: every label is withheld (-1), so the source's {split} split is not used.")


def check_rows(source: Source, report: SourceReport) -> None:
    """Refuse a source without rows."""
    if source.table.num_rows:
        return
    place = ", ".join(report.origins)
    if report.skipped:
        raise DataError(
            f"All {report.skipped} rows are broken and were skipped; the first: {report.first_skipped}",
            where=place,
            hint=f"All of them are in {report.skipped_file}.",
        )
    raise DataError("There are no rows.", where=place, hint="Give a file that has some.")


def check_enough_rows(rows: int, shares: Mapping[str, float], remarks: Sequence[str] = ()) -> None:
    """Refuse to hold rows out where each split could not have one, or none would be left for training."""
    needed = len(shares) + 1
    total = sum(max(1, round(share * rows)) for share in shares.values())
    if rows < needed or total >= rows:
        names = " and ".join(shares)
        raise DataError(
            " ".join([f"{rows} rows are too few to hold out {names}.", *remarks]),
            where="data.split",
            hint=f"Give more rows, or set data.split.{next(iter(shares))}: null.",
        )


def check_enough_groups(groups: int, column: str, shares: Mapping[str, float]) -> None:
    """Refuse to hold whole groups out where each split could not have one, or none would be left for training."""
    if groups <= len(shares):
        raise DataError(
            f"Column {column!r} has {groups} different value(s), too few to hold out {' and '.join(shares)}.",
            where="data.split.group",
            hint=f"Name another column, or set data.split.{next(iter(shares))}: null.",
        )


def check_stratification(counts: Mapping[str, int], shares: Mapping[str, float], report: ReadReport) -> None:
    """Name the classes with too few rows to be in every split."""
    needed = len(shares) + 1
    small = {label: count for label, count in counts.items() if count < needed}
    if not small:
        return
    listed = some_of([f"{label!r} ({count})" for label, count in small.items()])
    report.warnings.append(
        f"train: too few rows to stratify (fewer than {needed}) have the labels {listed}; "
        "they are missing from at least one split, and training always keeps a row of each."
    )


def check_splits(
    splits: dict[str, Rows],
    section: DataSection,
    report: ReadReport,
    *,
    kind: LabelKind,
    training: bool = True,
    labels: Sequence[str] | None = None,
) -> None:
    """Run every rule about finished splits, and write their sizes into the report."""
    for name, rows in splits.items():
        report.rows[name] = len(rows)
        check_split_not_empty(name, rows)
    for name, source_report in report.sources.items():
        warn_of_skipped(name, source_report, report)
        warn_of_mended(name, source_report, report)
        warn_of_empty_texts(name, source_report, report)
    warn_of_duplicates(report)
    if training and section.label_names and not kind.renames:
        report.warnings.append("data.label_names changes nothing: the labels of this task have no names.")
    if training and kind.most == 0 and "label" in section.model_fields_set:
        report.warnings.append(
            "data.label is not read: every row counts as one whose texts belong together. Leave out those that do not."
        )
    counts = {name: rows.label_counts() for name, rows in splits.items()} if kind.most != 0 else {}
    if not any(counts.values()):
        return
    report.labels.update(counts)
    if labels is None:  # else which there are is not learned, and whether a row's is one of them is the task's to say
        check_labels_known(splits, report, kind)
    if not training:
        return
    warn_of_idle_names(section, report, kind, labels or ())
    if not kind.exclusive:
        return
    check_several_classes(report.labels["train"])
    warn_of_many_classes(report)


def check_split_not_empty(name: str, rows: Rows) -> None:
    """Refuse a split without rows."""
    if not len(rows):
        raise DataError(f"The {name} split has no rows.", hint="Look at data.split, and at dropped duplicates.")


def check_several_classes(train: Mapping[str, int]) -> None:
    """Refuse to train on one class."""
    if len(train) == 1:
        (label,) = train
        raise DataError(
            f"Every training row has the label {label!r}; expected two classes at least.",
            where="data.label",
            hint="Check the label column (data.label), data.label_names and data.binarize; or raise data.limit.",
        )


def check_labels_known(splits: Mapping[str, Rows], report: ReadReport, kind: LabelKind) -> None:
    """Refuse labels in validation or test that training does not have, but for those of columns of yes and no."""
    known = list(report.labels["train"])
    for name in splits:
        unseen = sorted(set(report.labels[name]) - {*known, *kind.vocabulary})
        if not unseen:
            continue
        listed = some_of([*map(repr, unseen)])
        raise DataError(
            f"The {name} split has labels that no training row has: {listed}; training has "
            f"{some_of([*map(repr, known)], 20)}.",
            where=splits[name].where(next(rows_with(splits[name], unseen), 0)),
            hint="Mend the label, add training rows with it, or name all labels in task.labels.",
        )


def warn_of_skipped(name: str, source: SourceReport, report: ReadReport) -> None:
    """Say how many rows were skipped, why, and where they are."""
    if source.skipped:
        reasons = ", ".join(f"{kind} ({count})" for kind, count in sorted(source.skipped_reasons.items()))
        report.warnings.append(
            f"{name}: {source.skipped} broken rows were skipped: {reasons}. They are in {source.skipped_file}."
        )


def warn_of_mended(name: str, source: SourceReport, report: ReadReport) -> None:
    """Say how many labels were put right, how, and where the first one is."""
    for what, count in sorted(source.mended.items()):
        report.warnings.append(f"{name}: {what} in {count} row(s); the first: {source.first_mended}.")


def warn_of_empty_texts(name: str, source: SourceReport, report: ReadReport) -> None:
    """Say how many texts are empty."""
    if source.empty_texts:
        report.warnings.append(f"{name}: {source.empty_texts} texts are empty or white space only.")


def warn_of_duplicates(report: ReadReport) -> None:
    """Say how many rows stand in two splits."""
    duplicates = report.duplicates
    if not duplicates.counts:
        return
    counts = ", ".join(f"{count} {pair}" for pair, count in duplicates.counts.items())
    ending = "They were dropped." if duplicates.action == "drop" else "Set data.split.duplicates: drop to mend it."
    report.warnings.append(f"Rows whose text stands in another split too: {counts}. {ending}")


def warn_of_unmeasured_labels(
    splits: Mapping[str, Rows], drawn: Sequence[str], report: ReadReport, kind: LabelKind
) -> None:
    """Say which labels of training no row of a drawn split has, where rows are not drawn by label."""
    if kind.exclusive or kind.most == 0:
        return
    known = set(splits["train"].label_counts())
    for name in drawn:
        lacking = sorted(known - set(splits[name].label_counts()))
        if lacking:
            listed = some_of([*map(repr, lacking)])
            report.warnings.append(f"{name}: no row has the label {listed}, so that nothing is measured of it there.")


def warn_of_idle_names(section: DataSection, report: ReadReport, kind: LabelKind, labels: Sequence[str]) -> None:
    """Say which labels no training row has that the task, new names, or columns of yes and no speak of."""
    given = {*labels, *(section.label_names or {}).values()}
    given |= set(section.binarize.names) if section.binarize and not section.label_names else set()
    names = {name for name in map(kind.counted_as, given) if name is not None}
    idle = sorted((names | set(kind.vocabulary)) - set(report.labels["train"]))
    if idle:
        naming = f" {kind.naming}" if section.label_names and kind.naming else ""
        report.warnings.append(f"train: no row has the label {some_of([*map(repr, idle)])}.{naming}")


def warn_of_many_classes(report: ReadReport) -> None:
    """Say when labels look like free text or identifiers."""
    labels, rows = len(report.labels["train"]), report.rows["train"]
    if rows >= 20 and labels > rows / 2:
        report.warnings.append(
            f"train: {labels} different labels in {rows} rows; is data.label the column of the class?"
        )
