"""Notebooks run from a clean kernel, and are kept without output."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.paths import NOTEBOOKS, ROOT

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)


@each_notebook
def test_is_valid_compiles_and_is_clean(path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            compile(cell.source, path.name, "exec")
            assert not cell.outputs, "notebooks are committed without output; `make notebooks` writes it elsewhere"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@each_notebook
def test_runs_from_a_clean_kernel(path: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    notebook = nbformat.read(path, as_version=4)
    client = nbclient.NotebookClient(
        notebook, timeout=1200, kernel_name="python3", resources={"metadata": {"path": str(ROOT / "notebooks")}}
    )
    client.execute()
    assert all(cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
