"""The frame of the command line: finding commands, telling errors, exit codes, interruptions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tltk.cli import _group, main
from tltk.cli._failures import when_interrupted
from tltk.errors import DataError, Problem

HEAVY = ("tensorflow", "keras", "pandas", "transformers", "pyarrow", "sklearn", "matplotlib")


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tltk", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


@pytest.fixture
def invoke(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command line in this process; return exit code, standard output and standard error."""
    monkeypatch.delenv("TLTK_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "120")

    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exit_:
            main(list(arguments))
        out, err = capsys.readouterr()
        return int(exit_.value.code or 0), out, err

    return call


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Add a command to the command line for the time of a test."""

    def add(name: str, body: Any, summary: str = "A command.") -> None:
        file = tmp_path / f"{name}.py"
        file.write_text(f'"""{summary}"""\n', encoding="utf-8")
        module = type(sys)(f"tltk.cli.{name}")
        setattr(module, name, body)
        known = _group._modules()
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setattr(_group, "_modules", lambda: {**known, name.replace("_", "-"): file})

    return add


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\n"
        "from tltk.cli import main\n"
        "try:\n    main(['--help'])\n"
        "except SystemExit as exit:\n    assert not exit.code\n"
        f"print([name for name in {HEAVY} if name in sys.modules], file=sys.stderr)\n"
        "print([name for name in sys.modules if name.startswith('tltk.cli.') and '._' not in name], file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.splitlines() == ["[]", "[]"]
    for name in _group._modules():
        assert f" {name} " in done.stdout


def test_every_command_has_a_line_of_help_and_can_be_called_for_help(invoke: Any) -> None:
    for name, file in _group._modules().items():
        summary = _group._summary(file)
        assert summary.endswith("."), name
        assert len(summary) < 100, name
        assert invoke(name, "--help")[0] == 0


def test_version(invoke: Any) -> None:
    from tltk import __version__

    assert invoke("--version") == (0, f"tltk {__version__}\n", "")


def test_a_new_file_is_a_new_command(invoke: Any, command: Any) -> None:
    seen = []
    command("say_it", lambda: seen.append(1), "Say it.")
    assert "say-it" in invoke("--help")[1]
    assert invoke("say-it")[0] == 0
    assert seen == [1]


def test_wrong_usage_ends_with_2(invoke: Any) -> None:
    code, _, err = invoke("schem")
    assert code == 2
    assert "There is no command 'schem'. Did you mean 'schema'?" in err
    assert invoke("schema", "--nothing")[0] == 2
    assert invoke("recipe", "show")[0] == 2


def test_errors_are_told_on_standard_error(invoke: Any, command: Any) -> None:
    def fail() -> None:
        raise DataError("Got [red]txt[/red].", where="a.csv:1:2", hint="Look at it.")

    command("fail", fail)
    assert invoke("fail") == (1, "", "Error: a.csv:1:2: Got [red]txt[/red]. Look at it.\n")


def test_all_problems_are_told(invoke: Any, command: Any) -> None:
    def fail() -> None:
        raise DataError("Two things.", problems=[Problem("One.", "a:1"), Problem("Two.", "a:2", "Mend it.")])

    command("fail", fail)
    assert invoke("fail")[2] == "Error: Two things.\n  a:1: One.\n  a:2: Two. Mend it.\n"


def test_a_single_problem_keeps_its_headline(invoke: Any, command: Any) -> None:
    def fail() -> None:
        raise DataError("Tensors do not fit.", where="w", hint="Look.", problems=[Problem("missing: a", "a:1")])

    command("fail", fail)
    assert invoke("fail")[2] == "Error: w: Tensors do not fit. Look.\n  a:1: missing: a\n"


def test_a_full_disk_is_told_in_words(invoke: Any, command: Any) -> None:
    def fail() -> None:
        raise OSError(28, "No space left on device", "/runs/a")

    command("fail", fail)
    assert invoke("fail") == (1, "", "Error: /runs/a: No space left on device.\n")


def test_faults_of_ours_are_owned_and_debug_shows_them(
    invoke: Any, command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("division by zero")

    command("fail", fail)
    code, _, err = invoke("fail")
    assert code == 1
    assert "Unexpected error: ZeroDivisionError: division by zero" in err
    assert "--debug" in err
    assert "Traceback" not in err
    monkeypatch.setenv("TLTK_DEBUG", "")
    with pytest.raises(ZeroDivisionError):
        main(["fail", "--debug"])


def test_interruption_says_what_is_left(invoke: Any, command: Any) -> None:
    def work() -> None:
        with when_interrupted("The Run is in runs/a; the same command continues it."):
            raise KeyboardInterrupt

    command("work", work)
    code, out, err = invoke("work")
    assert (code, out) == (130, "")
    assert err.strip().splitlines() == ["Interrupted.", "The Run is in runs/a; the same command continues it."]


def test_ctrl_c_in_a_process_of_its_own() -> None:
    code = (
        "import sys, time, types\n"
        "from tltk.cli import _group, main\n"
        "def work():\n    print('ready', flush=True); time.sleep(60)\n"
        "module = types.ModuleType('tltk.cli.work'); module.work = work\n"
        "sys.modules['tltk.cli.work'] = module\n"
        "_group._modules = lambda: {'work': None}\n"
        "main(['work'])\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Interrupted." in err
    assert "Traceback" not in err


def test_a_reader_that_goes_away_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tltk", "schema"],
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


def test_debug_may_stand_anywhere_but_behind_the_dashes() -> None:
    from tltk.cli._main import _without_debug

    assert _without_debug(["fit", "--debug", "r.yaml"]) == (["fit", "r.yaml"], True)
    assert _without_debug(["fit", "--", "--debug"]) == (["fit", "--", "--debug"], False)
