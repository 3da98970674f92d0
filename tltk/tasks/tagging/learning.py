"""The tags of a model, learned from the tags of its training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tltk.console import say
from tltk.data.tag_schemes import OUTSIDE, SCHEMES, split_tag
from tltk.errors import DataError, RecipeError, some_of
from tltk.tasks.tagging.tag_set import TagSet
from tltk.tasks.tagging.tagged_rows import TaggedRows

if TYPE_CHECKING:
    from tltk.data import Rows

_PREFIXES = "BIESLUMW"
_MARKS = "-_"


def learn_tags(rows: Rows, tagged: TaggedRows, *, scheme: str, given: tuple[str, ...] | None) -> TagSet:
    """Return the tags to be learned: every prefix of the scheme with every type.

    Args:
        rows: the training rows.
        tagged: their labels.
        scheme: the scheme asked for, or `auto` for that of the rows. IOB1 becomes bio.
        given: tags, or types alone, in the order of the outputs; None to learn them, sorted.

    Raises:
        DataError: there are no entities; some tags have a prefix and some have none; or a tag is not among the given.
        RecipeError: the given labels are not of the scheme.
    """
    if not tagged.types:
        raise DataError(
            "The training rows have no entities: every tag is O.",
            where=rows.where(0) if len(rows) else rows.source.name,
            hint="Check data.label, data.label_names and the column that is read.",
        )
    prefixed = set(np.unique(tagged.prefixes[tagged.type_codes >= 0]))
    bare = prefixed == {""}
    if "" in prefixed and not bare:
        raise _without_prefix(rows, tagged)
    if bare:
        _check_bare(rows, tagged)
    if scheme == "auto":
        scheme = _scheme_of(prefixed)
    if bare and scheme != "io":
        raise RecipeError(
            f"Got scheme {scheme!r}; the tags of the training rows have no prefixes.",
            where="task.options.scheme",
            hint="Leave it out, or give io.",
        )
    if not bare:
        _tell_of_repairs(rows, tagged)
    has_outside = bool(np.any(tagged.type_codes < 0)) or not bare
    if given is None:
        return TagSet.of(tagged.types, scheme, bare=bare, outside=has_outside)
    return _given_tags(given, tagged, scheme, bare=bare, outside=has_outside)


def _check_bare(rows: Rows, tagged: TaggedRows) -> None:
    """Refuse prefixes without types, which would be learned as types."""
    if "B" in tagged.types and set(tagged.types) <= set(_PREFIXES):
        names = ", ".join(f"{prefix}: {prefix}-X" for prefix in tagged.types)
        raise DataError(
            f"Got tags {', '.join(tagged.types)} that name no type, only where an entity begins or goes on.",
            where=tagged.where(rows, tagged.type_codes >= 0),
            hint=f"Name one with data.label_names: {{{names}}}.",
        )


def _without_prefix(rows: Rows, tagged: TaggedRows) -> DataError:
    """Return what to say of a tag without a prefix among others that have one."""
    place = tagged.prefixes == ""
    lacking = [tagged.types[code] for code in dict.fromkeys(tagged.type_codes[place].tolist())]
    name, others = lacking[0], f"other tags have one (as {_example(tagged)!r})"
    message, hint = f"Got tag {name!r} without a prefix; {others}.", "Give all types a prefix (B-, I-), or none."
    numbers = sorted((tag for tag in lacking if tag.isdecimal()), key=int)
    if numbers:
        shown = some_of(numbers)
        named = ", ".join(f"{number}: B-X" for number in numbers[:2])
        message = f"Got tags that are numbers ({shown}), which data.label_names leaves out; others have names."
        hint = f"Name each of them there, prefix and all: {{{named}}}."
    elif len(name) > 2 and name[0].isalpha() and name[1] in _MARKS:
        capital, prefixed = name[0].upper(), set(tagged.type_codes[~np.isin(tagged.prefixes, ("", "O"))].tolist())
        if name[0] != capital and capital in _PREFIXES:
            known = {tagged.types[code].casefold(): tagged.types[code] for code in prefixed}
            hint = f"Did you mean '{capital}-{known.get(name[2:].casefold(), name[2:])}'?"
        elif name[0] == capital:
            listed = ", ".join(_PREFIXES)
            message = f"Got tag {name!r}, whose prefix {name[:2]!r} is of no scheme; known are {listed}, and O alone."
            hint = "Mend the tag, or give it another name with data.label_names."
    return DataError(message, where=tagged.where(rows, place), hint=hint)


def _scheme_of(prefixes: set[str]) -> str:
    if prefixes & {"E", "S"}:
        return "bioes"
    return "bio" if "B" in prefixes else "io"


def _given_tags(given: tuple[str, ...], tagged: TaggedRows, scheme: str, *, bare: bool, outside: bool) -> TagSet:
    types_alone = not bare and all(label in tagged.types or split_tag(label)[0] in ("", "O") for label in given)
    if types_alone:
        names = [label for label in given if label != OUTSIDE]
        tags = [f"{prefix}-{name}" for name in names for prefix in SCHEMES[scheme]]
        found = TagSet((OUTSIDE, *tags), scheme)
    else:
        found = TagSet(given, scheme)
    used = set(found.prefixes) - {"O", ""}
    if not used <= set(SCHEMES[scheme]):
        raise RecipeError(
            f"Got {given!r}, which are not tags of scheme {scheme!r}.",
            where="task.labels",
            hint="Name the tags of the scheme, or the types alone.",
        )
    if outside and found.outside is None:
        raise RecipeError("The tag O is missing.", where="task.labels", hint="Name it too.")
    wanted = {f"{prefix}-{name}" for name in found.types for prefix in SCHEMES[scheme]}
    if not bare and wanted - set(found.labels):
        raise RecipeError(
            f"The tag {min(wanted - set(found.labels))!r} is missing.",
            where="task.labels",
            hint=f"Name every tag of scheme {scheme!r}, or the types alone.",
        )
    missing = sorted(set(tagged.types) - set(found.types))
    if missing:
        raise DataError(
            f"The training rows have entities of type {missing[0]!r}, which is not in task.labels.",
            hint="Name all labels in task.labels, or mend the rows.",
        )
    return found


def _tell_of_repairs(rows: Rows, tagged: TaggedRows) -> None:
    """Say how many entities begin with another tag than their scheme has for it, but for IOB1."""
    marks, prefixes = tagged.marks, tagged.prefixes
    if not np.any(np.isin(prefixes, ("B", "S"))):
        return
    late = marks.begins & np.isin(prefixes, ("I", "E"))
    if not late.any():
        return
    before = np.concatenate([[-1], marks.types[:-1]])
    follows = ~tagged.words.firsts & (before == marks.types)
    if np.all(follows[prefixes == "B"]) and not np.any(np.isin(prefixes, ("E", "S"))):
        say("The tags are IOB1 (B- only between neighbours of one type); they are read as such.")
        return
    say(
        f"{int(late.sum()):,} of {int(marks.begins.sum()):,} entities of the training rows begin with I- or E- "
        f"(the first at {tagged.where(rows, late)}); they are taken as beginnings, as conlleval does."
    )


def _example(tagged: TaggedRows) -> str:
    number = int(np.argmax(~np.isin(tagged.prefixes, ("", "O"))))
    return f"{tagged.prefixes[number]}-{tagged.types[tagged.type_codes[number]]}"
