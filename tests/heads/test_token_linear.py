from __future__ import annotations

from tests.heads.head_contract import HeadContract


class TestTokenLinearHead(HeadContract):
    name = "token-linear"
    pooling = None

    def shape(self, rows: int, length: int) -> tuple[int, ...]:
        return (rows, length, self.units)
