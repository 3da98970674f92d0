"""tltk with settings of its own, where `tltk` keeps to those of its peers."""

from benchmarks.quality.systems.tltk import PACKAGES

__all__ = ["PACKAGES"]
