from __future__ import annotations

import pytest

from tests.heads.head_contract import HeadContract


@pytest.mark.parametrize("pooling", ["family", "cls", "mean", "max", "attention"])
class TestLinearHead(HeadContract):
    name = "linear"
    pooling = "family"

    @pytest.fixture(autouse=True)
    def _choose(self, pooling: str) -> None:
        self.pooling = pooling


class TestLinearHeadWithTwoUnits(HeadContract):
    name = "linear"
    units = 2
