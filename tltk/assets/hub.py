"""Checkpoints on the Hugging Face hub, and in the hub's own cache on this machine."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tltk.assets.disk import is_full, writing
from tltk.assets.layout import HUB_PATTERNS, check_layout, has_weights, refuse_pickles
from tltk.assets.offline import offline_switch
from tltk.assets.tried import Unavailable
from tltk.errors import AssetError

if TYPE_CHECKING:
    from huggingface_hub.hf_api import ModelInfo

SECONDS = 5.0  # without an answer, after which the hub counts as unreachable


def hub_id_problem(name: str) -> str | None:
    """Return why `name` cannot be an id on the hub, or None when it can."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError as error:
        return str(error).split("\n")[0]
    return None


def hub_name() -> str:
    """Return what messages call the hub; one that `HF_ENDPOINT` names is called by its address."""
    endpoint = os.environ.get("HF_ENDPOINT")
    return f"Hugging Face hub {endpoint}" if endpoint else "Hugging Face hub"


def hub_cache_folder() -> Path:
    """Return the folder of the hub's own cache (`HF_HUB_CACHE`, `HF_HOME`), as `huggingface_hub` has it."""
    named = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("HF_HOME")
    if home:
        return Path(home).expanduser() / "hub"
    return Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "huggingface" / "hub"


def from_hub_cache(hub_id: str, revision: str | None) -> Path:
    """Return the snapshot of a repository in the hub's own cache; the network is not asked.

    Raises:
        Unavailable: there is none, or it is not whole.
    """
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import LocalEntryNotFoundError

    try:
        folder = Path(
            snapshot_download(
                hub_id,
                revision=revision,
                cache_dir=hub_cache_folder(),
                allow_patterns=list(HUB_PATTERNS),
                local_files_only=True,
            )
        )
        check_layout(folder)
    except LocalEntryNotFoundError as error:
        at = f" at revision {revision!r}" if revision else ""
        why = "is there only in part" if "incomplete" in str(error) else "is not there"
        raise Unavailable(f"{hub_id}{at} {why}.") from error
    except AssetError as error:
        raise Unavailable(str(error)) from error
    return folder


def from_hub(hub_id: str, revision: str | None, *, progress: bool = True) -> Path:
    """Fetch configuration, safetensors weights and tokenizer files of a repository into the hub's own cache.

    Raises:
        Unavailable: the hub cannot be reached (it is given up after a few seconds), or has no such repository.
        AssetError: the repository holds pickled weights only, or is no whole checkpoint.
    """
    switch = offline_switch()
    if switch:
        raise Unavailable(f"not asked, as {switch}.")

    import httpx2
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError

    endpoint = os.environ.get("HF_ENDPOINT") or None
    try:
        info = _repository(hub_id, revision, endpoint)
        names = [file.rfilename for file in info.siblings or []]
        at_top = [name for name in names if "/" not in name]
        if not has_weights(at_top):
            refuse_pickles(at_top, what=hub_id, conversion=_conversion(hub_id, endpoint))
        folder = snapshot_download(
            hub_id,
            revision=revision,  # By name, not commit: only then does the hub's cache know it by that name offline.
            cache_dir=hub_cache_folder(),
            allow_patterns=list(HUB_PATTERNS),
            etag_timeout=SECONDS,
            endpoint=endpoint,
            tqdm_class=None if progress else _silent_bar(),
        )
    except (HfHubHTTPError, httpx2.HTTPError, OSError) as error:
        if isinstance(error, OSError) and is_full(error):
            with writing(hub_cache_folder(), what=hub_id):
                raise
        raise Unavailable(_why(error, hub_id, revision)) from error
    check_layout(Path(folder))
    return Path(folder)


def _repository(hub_id: str, revision: str | None, endpoint: str | None) -> ModelInfo:
    from huggingface_hub import HfApi

    return HfApi(endpoint=endpoint).model_info(hub_id, revision=revision, timeout=SECONDS)


def _conversion(hub_id: str, endpoint: str | None) -> str | None:
    """Return the pull request that the hub's own bot opened with a safetensors variant, if there is one."""
    from huggingface_hub import HfApi

    try:
        for discussion in HfApi(endpoint=endpoint).get_repo_discussions(hub_id, discussion_type="pull_request"):
            if "safetensors" in discussion.title.lower() and discussion.git_reference:
                return discussion.git_reference
    except Exception:
        return None  # A nicety of the refusal's hint, which stands without it.
    return None


def _why(error: Exception, hub_id: str, revision: str | None) -> str:
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError, RevisionNotFoundError

    if isinstance(error, GatedRepoError):
        return f"{hub_id} asks for permission: accept its terms on its page and log in with `hf auth login`."
    if isinstance(error, RepositoryNotFoundError):
        return f"there is no repository {hub_id!r}, or it is private: log in with `hf auth login`."
    if isinstance(error, RevisionNotFoundError):
        return f"{hub_id} has no revision {revision!r}."
    first_line = str(error).split("\n")[0] or type(error).__name__
    return f"cannot be reached or read ({type(error).__name__}: {first_line})."


def _silent_bar() -> type:
    from tqdm.auto import tqdm

    class SilentBar(tqdm):
        def __init__(self, *arguments: Any, **options: Any) -> None:
            super().__init__(*arguments, **{**options, "disable": True})

    return SilentBar
