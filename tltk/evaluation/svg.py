"""Matplotlib figures as SVG that lives inside an HTML page."""

from __future__ import annotations

import io
import re
import warnings

import matplotlib
from matplotlib.figure import Figure

from tltk.evaluation.palette import CSS_VARIABLES

_IDS = re.compile(r'(\bid="|href="#|url\(#)')


def figure_to_svg(figure: Figure, *, prefix: str, title: str) -> str:
    """Return a figure as one `<svg>` element that follows the page's theme and needs nothing from outside.

    Text stays text in the page's font, so every script the browser knows is shown; palette colours become CSS
    variables; ids get a prefix, so that several figures live in one page. The same figure gives the same bytes.

    Args:
        figure: the figure.
        prefix: letters that no other figure of the page has.
        title: what it shows, for screen readers.
    """
    buffer = io.StringIO()
    settings = {"svg.fonttype": "none", "svg.hashsalt": prefix}
    with matplotlib.rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # the browser has the glyphs that matplotlib's font lacks
        figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = _IDS.sub(lambda match: match.group(1) + prefix + "-", text)
    for colour, variable in CSS_VARIABLES.items():
        text = text.replace(colour, f"var({variable}, {colour})")
    label = title.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1).strip()
