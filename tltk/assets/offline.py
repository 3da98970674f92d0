"""The switch that keeps tltk off the network."""

from __future__ import annotations

import os

from tltk.errors import AssetError

SWITCHES = ("TLTK_OFFLINE", "HF_HUB_OFFLINE")
_ON = {"1", "true", "yes", "on"}
_OFF = {"", "0", "false", "no", "off"}


def offline() -> bool:
    """Return whether `TLTK_OFFLINE` or `HF_HUB_OFFLINE` forbids the network.

    On: 1, true, yes, on. Off: unset, empty, 0, false, no, off; in any case of letters.

    Raises:
        AssetError: a switch holds anything else.
    """
    return offline_switch() is not None


def offline_switch() -> str | None:
    """Return the switch that is on, as the user set it (`TLTK_OFFLINE=1`), or None."""
    for switch in SWITCHES:
        value = os.environ.get(switch, "").strip()
        if value.lower() in _ON:
            return f"{switch}={value}"
        if value.lower() not in _OFF:
            raise AssetError(
                f"Got {value!r}; expected 1 or 0.",
                where=f"environment variable {switch}",
                hint="Set it to one of them, or unset it.",
            )
    return None
