"""Exports: the trained model in other formats, each compared with the model it came from."""

from tltk.exporting.exporter import Exporter, exporters, register_exporter
from tltk.exporting.write import ExportReport, write_export

__all__ = ["ExportReport", "Exporter", "exporters", "register_exporter", "write_export"]
