"""Reads YAML 1.2 text into plain data, and remembers where everything stood."""

from __future__ import annotations

from typing import Any

from tltk.errors import RecipeError
from tltk.recipe.composer import Composer
from tltk.recipe.document import Document

MAX_BYTES = 2**20


def parse_yaml(text: str, file: str) -> Document:
    """Read one YAML 1.2 document by the core schema: `5e-5` is a number, `no` a string, a key may stand once.

    Mapping keys stay as they are written, as strings. Nothing but plain data is made: other tags are problems. Aliases
    are copied, up to 50,000 values altogether and 32 levels. The source of the rules is the YAML 1.2.2
    specification, section 10.3.

    Raises:
        RecipeError: the text is not one YAML document, or is larger than the limits.

    Example:
        >>> parse_yaml("train: {learning_rate: 5e-5, monitor: no}", "r.yaml").value
        {'train': {'learning_rate': 5e-05, 'monitor': 'no'}}
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    if len(text) > MAX_BYTES:
        raise RecipeError(
            f"Got {len(text):,} characters; a recipe has at most {MAX_BYTES:,}.",
            where=file,
            hint="Data stand in files of their own; name them in data.path.",
        )
    composer = Composer(file)
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            composer.take(event)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise _syntax_error(error, f"{file}:{mark.line + 1}:{mark.column + 1}" if mark else file) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise RecipeError(
            f"Got the character {_codepoint(error.character)}, which YAML does not allow.",
            where=f"{file}:{line}",
            hint="Delete it.",
        ) from None
    except (YAMLError, ValueError, IndexError, AssertionError, AttributeError, TypeError) as error:
        # The parser meets some malformed text with errors of its own making; to the user they all mean the same.
        raise RecipeError(f"The text is not valid YAML: {error}.", where=file) from None
    return composer.document


def _syntax_error(error: Any, where: str) -> RecipeError:
    # ruamel pads the text with NUL characters and says so in some messages.
    problem = str(error.problem or error).replace("'\\x00'", "the end").replace("'<stream end>'", "the end of the file")
    context = f" ({error.context})" if error.context else ""
    hint = "Check indentation, colons, brackets and quotes there."
    if "\\t" in problem:
        hint = "Indent with spaces, not tabs."
    elif "mapping values are not allowed" in problem:
        hint = "Put a text that contains ': ' in quotes, or mend the indentation."
    elif "cannot start any token" in problem:
        hint = "Put the value in quotes."
    return RecipeError(f"The text is not valid YAML: {problem}{context}.", where=where, hint=hint)


def _codepoint(character: Any) -> str:
    return f"U+{ord(character) if isinstance(character, str) else int(character):04X}"
