"""tltk with all its means, chosen on validation rows, where `tltk` keeps to the settings of its peers."""

from benchmarks.quality.systems.tltk import PACKAGES

__all__ = ["PACKAGES"]
