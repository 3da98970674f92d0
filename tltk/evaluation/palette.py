"""The colours of plots and report: one hex value for paper, one CSS variable for the page."""

from __future__ import annotations

INK = "#1c2430"
MUTED = "#667180"
GRID = "#dfe4ea"
ACCENT = "#2b65d9"
WARM = "#d9622b"
ON_COLOUR = "#ffffff"

# These stand for themselves in a PNG, and for a variable of the page in an inline SVG, where they follow the light or
# dark theme. Cells of a matrix are a bitmap and keep their colour, and so does the lettering on them.
CSS_VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--line",
    ACCENT: "--accent",
    WARM: "--warm",
}
