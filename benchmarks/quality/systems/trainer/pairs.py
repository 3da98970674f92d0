"""Plain PyTorch on pairs with a score: one encoder for both sentences, trained on the cosine of their vectors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup, set_seed
from transformers.trainer_pt_utils import LengthGroupedSampler

from benchmarks.quality.rows.pairs import MOST, ScoredPair
from benchmarks.quality.settings import Settings
from benchmarks.quality.systems.trainer.training import IN_BFLOAT16
from benchmarks.quality.trained import Trained


def train(rows: Sequence[ScoredPair], settings: Settings, seed: int, checkpoint: Path) -> Trained:
    """Train a bi-encoder with mean pooling by the squared error of the cosine against score / 5.

    The definition is that of sentence-transformers' CosineSimilarityLoss; optimizer, schedule, clipping, bfloat16 and
    batches of like length are the Trainer's.
    """
    tokenizer = AutoTokenizer.from_pretrained(checkpoint)
    set_seed(seed)
    model = AutoModel.from_pretrained(checkpoint)
    start = {name: tensor.clone() for name, tensor in model.state_dict().items()}

    def vectors(texts: Sequence[str]) -> torch.Tensor:
        batch = tokenizer(
            list(texts), truncation=True, max_length=settings.max_length, padding=True, return_tensors="pt"
        )
        hidden = model(**batch).last_hidden_state.float()
        mask = batch["attention_mask"].unsqueeze(-1).float()
        return (hidden * mask).sum(dim=1) / mask.sum(dim=1)

    def cosines(pairs: Sequence[ScoredPair]) -> torch.Tensor:
        return torch.cosine_similarity(
            vectors([pair.first for pair in pairs]), vectors([pair.second for pair in pairs])
        )

    def predict(asked: Sequence[ScoredPair]) -> list[float]:
        model.eval()
        with torch.inference_mode():
            return [
                value for begin in range(0, len(asked), 64) for value in cosines(asked[begin : begin + 64]).tolist()
            ]

    def before(asked: Sequence[ScoredPair]) -> list[float]:
        end = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        model.load_state_dict(start)
        found = predict(asked)
        model.load_state_dict(end)
        return found

    began = time.monotonic()
    _descend(model, cosines, rows, _lengths(rows, tokenizer), settings, seed)
    seconds = time.monotonic() - began
    return Trained(predict, seconds, len(rows) * settings.epochs / seconds, before)


def _descend(
    model: Any, cosines: Any, rows: Sequence[ScoredPair], lengths: list[int], settings: Settings, seed: int
) -> None:
    optimizer = torch.optim.AdamW(
        model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay, eps=1e-8
    )
    steps = settings.epochs * -(-len(rows) // settings.batch_size)
    schedule = get_linear_schedule_with_warmup(optimizer, int(settings.warmup_ratio * steps), steps)
    order = torch.Generator().manual_seed(seed)
    model.train()
    for _ in range(settings.epochs):
        places = list(LengthGroupedSampler(settings.batch_size, lengths=lengths, generator=order))
        for begin in range(0, len(places), settings.batch_size):
            batch = [rows[place] for place in places[begin : begin + settings.batch_size]]
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=IN_BFLOAT16):
                found = cosines(batch)
            wanted = torch.tensor([pair.score / MOST for pair in batch])
            torch.nn.functional.mse_loss(found.float(), wanted).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()


def _lengths(rows: Sequence[ScoredPair], tokenizer: Any) -> list[int]:
    first, second = (tokenizer([getattr(row, name) for row in rows])["input_ids"] for name in ("first", "second"))
    return [len(one) + len(other) for one, other in zip(first, second, strict=True)]
