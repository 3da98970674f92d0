"""Weights that tltk does not open, pickles above all, and the way from them to safetensors."""

from __future__ import annotations

from collections.abc import Collection
from fnmatch import fnmatchcase
from pathlib import Path

_PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_OTHER_WEIGHTS = (".h5", ".msgpack", ".tflite", ".onnx", ".gguf")
_OF_TRANSFORMERS = "pytorch_model*.bin"


def unread_weights(names: Collection[str], *, what: str, conversion: str | None = None) -> tuple[str, str] | None:
    """Return why the weights among the files `names` are not read, and the way out; None where there are no weights.

    Args:
        names: the files of a folder or repository without safetensors.
        what: its path or id.
        conversion: the revision that holds safetensors, when one is known (`refs/pr/5`).
    """
    pickles = sorted(name for name in names if name.endswith(_PICKLES) and name != "training_args.bin")
    others = sorted(name for name in names if name.endswith(_OTHER_WEIGHTS))
    if pickles:
        reason = (
            f"The only weights are pickles ({', '.join(pickles[:3])}), which can run code when they are opened; "
            "expected safetensors."
        )
    elif others:
        reason = f"The only weights are {', '.join(others[:3])}; expected model.safetensors."
    else:
        return None
    if conversion is not None:
        return reason, f"A conversion lies at revision {conversion!r}: set backbone.revision to it."
    return reason, f"{_ON_THE_HUB} {_by_hand(pickles, what)}"


_ON_THE_HUB = (
    "On the hub, a revision 'refs/pr/N' (tab Community, \"Adding safetensors variant\") may hold a conversion: set "
    "backbone.revision to it."
)


def _by_hand(pickles: list[str], what: str) -> str:
    if not pickles:
        return "Or choose a checkpoint that has them."
    if not any(fnmatchcase(name, _OF_TRANSFORMERS) for name in pickles):
        return "Or, if you trust its source, open it in PyTorch and save the model by save_pretrained(folder)."
    return (
        "Or, if you trust its source, convert it where PyTorch is installed and use the new folder: "
        f'python -c "{_conversion(what)}"'
    )


def _conversion(what: str) -> str:
    """Return Python code that copies a folder or a repository of the hub, its pickles as one safetensors file.

    The tensors are carried over as they are: opened as a model and saved again, they would be those of that model's
    class alone, and a head of another class would be lost. The copy is a folder of its own, so that the original is
    whole whatever goes wrong.
    """
    imports, source = "shutil, torch", f"{what!r}"
    if not Path(what).is_dir():
        imports = f"{imports}, huggingface_hub"
        source = f"huggingface_hub.snapshot_download({what!r}, allow_patterns=['*.json', '*.txt', '*.model', '*.bin'])"
    return (
        f"import {imports}; from pathlib import Path; from safetensors.torch import save_file; "
        f"a, b = Path({source}), Path({Path(what).name + '-safetensors'!r}); "
        "shutil.copytree(a, b, ignore=shutil.ignore_patterns('*.bin*', '*.h5', '*.msgpack')); "
        f"files = [torch.load(f, 'cpu', weights_only=True) for f in a.glob({_OF_TRANSFORMERS!r})]; "
        "save_file({n: t.contiguous().clone() for f in files for n, t in f.items()}, b / 'model.safetensors', "
        "{'format': 'pt'})"
    )
