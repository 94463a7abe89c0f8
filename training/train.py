"""Train the network on the examples of both phases; go on from a checkpoint where there is one."""

import hashlib
import json
import os
import random
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from training import base
from training.examples import NONE, UNSUPPORTED, Data, Example, pad
from training.model import ReaderModel

POOL = 64  # batches' worth of examples sorted by length together
HEADS = ("span.", "answerable.", "support.")


def train(
    config: Mapping[str, Any], name: str, data: Data, work: Path, *, max_steps: int = 0, pause_at: int = 0
) -> ReaderModel:
    """Return the trained network; its weights also lie in the work folder.

    Args:
        config: Of config.toml.
        name: Of the base.
        data: What is trained on.
        work: Where the base, the checkpoint, the log and the weights are kept.
        max_steps: Length of the run, for a smoke run; 0 goes through the data.
        pause_at: Leave a checkpoint before this step and stop; the same call without it goes on. 0: never.
    """
    torch.manual_seed(config["seed"])
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = base.load(config["base"][name], work).to(device)
    if config["base"][name].get("ranks"):
        data = with_relevance(data, model, config, work)
    order = random.Random(config["seed"])
    passes = range(config["train"].get("passes", 1))
    steps = [
        batch for _ in passes for phase in data.phases for batch in batches(phase, config["train"], order)
    ]
    steps = steps[: max_steps or config["train"].get("steps") or None]
    pause_at = pause_at or config["train"].get("stop_at", 0)
    freeze(model, config["train"].get("frozen_layers", 0))
    optimiser = torch.optim.AdamW(groups(model, config["train"]), fused=True)
    rates = [group["lr"] for group in optimiser.param_groups]
    checkpoint = work / f"{name}.checkpoint.pt"
    done = resume(checkpoint, model, optimiser, steps)
    began = time.monotonic()
    model.train()
    with (work / f"{name}.log.jsonl").open("a", encoding="utf-8") as log:
        for step, batch in enumerate(steps[done : pause_at or None], done):
            share = schedule(step, len(steps), config["train"]["warmup"], config["train"].get("decay", 1.0))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * share
            losses = one_step(model, batch, config["loss"], device, precision(config))
            nn.utils.clip_grad_norm_(model.parameters(), config["train"]["clip"])
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            seconds = round(time.monotonic() - began, 1)
            log.write(json.dumps({"step": step, "of": len(steps), "seconds": seconds, **losses}) + "\n")
            log.flush()
            if step + 1 in config["train"].get("average", ()):
                save(averaged_file(work, name, step + 1), model.state_dict())
            due = (step + 1) % config["train"]["checkpoint_every"] == 0
            if due or step + 1 == pause_at:
                state = {"model": model.state_dict(), "optimiser": optimiser.state_dict()}
                save(checkpoint, {**state, "step": step + 1, "seen": examples_of(steps[: step + 1])})
    if not pause_at or pause_at >= len(steps):
        save(work / f"{name}.pt", model.state_dict())
    return model.eval()


def precision(config: Mapping[str, Any]) -> torch.dtype:
    """Return what the matrices are multiplied in; bfloat16 is slow on a processor without it."""
    found: torch.dtype = getattr(torch, config["train"].get("precision", "bfloat16"))
    return found


def freeze(model: ReaderModel, layers: int) -> None:
    """Leave the embeddings and so many of the lowest layers as they are; nothing when 0."""
    if not layers:
        return
    for part in (model.words, model.positions, model.segments, model.norm, *model.layers[:layers]):
        part.requires_grad_(False)  # noqa: FBT003  # torch's own


def groups(model: ReaderModel, settings: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the optimiser's groups: no decay of biases and norms, a higher rate for the new heads.

    The word vectors stay as they are: most words of the language are in none of our examples, and
    those that are would move away from those that are not.
    """
    model.words.weight.requires_grad_(False)  # noqa: FBT003  # torch's own
    named = [(name, weight) for name, weight in model.named_parameters() if weight.requires_grad]
    heads = [weight for name, weight in named if name.startswith(HEADS)]
    body = [(name, weight) for name, weight in named if not name.startswith(HEADS)]
    plain = [weight for _, weight in body if weight.ndim == 1]
    decayed = [weight for _, weight in body if weight.ndim > 1]
    rate, decay = settings["learning_rate"], settings["weight_decay"]
    return [
        {"params": decayed, "lr": rate, "weight_decay": decay},
        {"params": plain, "lr": rate, "weight_decay": 0.0},
        {"params": heads, "lr": settings["head_learning_rate"], "weight_decay": 0.0},
    ]


def schedule(step: int, steps: int, warmup: float, decay: float = 1.0) -> float:
    """Return the share of the full rate: up over the warm-up, level, then linearly to 0 over the last steps.

    Args:
        step: Which one, from 0.
        steps: How many there are.
        warmup: Share of the steps in which it rises.
        decay: Share of the steps in which it falls; at most what the warm-up leaves. Until then the rate
            does not hang on how many steps there are, so that a run can still be made longer or shorter.
    """
    rise = max(warmup * steps, 1)
    fall = max(min(decay * steps, steps - rise), 1)
    return min((step + 1) / rise, (steps - step) / fall, 1.0)


def batches(
    examples: Sequence[Example], settings: Mapping[str, Any], rng: random.Random
) -> list[list[Example]]:
    """Return batches of examples of like length, in random order."""
    shuffled = rng.sample(examples, len(examples))
    pool = POOL * 16
    found: list[list[Example]] = []
    for start in range(0, len(shuffled), pool):
        batch: list[Example] = []
        for example in sorted(shuffled[start : start + pool], key=lambda example: len(example.ids)):
            full = (len(batch) + 1) * len(example.ids) > settings["tokens_per_batch"]
            if batch and (full or len(batch) == settings["max_batch"]):
                found.append(batch)
                batch = []
            batch.append(example)
        found.append(batch)
    rng.shuffle(found)
    return found


def one_step(
    model: ReaderModel,
    batch: Sequence[Example],
    weights: Mapping[str, float],
    device: torch.device,
    dtype: torch.dtype = torch.bfloat16,
) -> dict[str, float]:
    """Add the gradients of a batch; return its losses."""
    ids, segments, mask = (torch.from_numpy(array).to(device) for array in pad(batch))
    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
        span, answerable, relevance, support = model(ids, segments, mask)
    losses = {
        "span": span_loss(span.float(), batch, segments, mask),
        "answerable": answerable_loss(answerable.float(), batch),
        "relevance": relevance_loss(relevance.float(), batch),
        "support": support_loss(support.float(), batch),
    }
    there = {name: loss for name, loss in losses.items() if loss is not None}
    total = sum((weights[name] * loss for name, loss in there.items()), start=torch.zeros((), device=device))
    if total.requires_grad:
        total.backward()  # type: ignore[no-untyped-call]
    return {name: round(loss.item(), 4) for name, loss in there.items()}


def span_loss(logits: Tensor, batch: Sequence[Example], segments: Tensor, mask: Tensor) -> Tensor | None:
    """Return minus the log of the share given to the right starts and ends (Clark and Gardner 2018)."""
    rows = [row for row, example in enumerate(batch) if example.start[0] != NONE]
    if not rows:
        return None
    allowed = (segments * mask)[rows]
    # The last token is [SEP], the first stands for no answer.
    allowed = allowed * torch.roll(allowed, -1, 1)
    allowed[:, 0] = 1
    kept = logits[rows].masked_fill(allowed[:, :, None] == 0, -1e4)
    logs = torch.log_softmax(kept, 1)
    right = torch.full_like(logs, -1e4)
    for place, row in enumerate(rows):
        for side, (low, high) in enumerate((batch[row].start, batch[row].end)):
            right[place, low : high + 1, side] = 0
    return -torch.logsumexp(logs + right, 1).mean()


def answerable_loss(logits: Tensor, batch: Sequence[Example]) -> Tensor | None:
    """Return the binary cross-entropy of answering."""
    rows = [row for row, example in enumerate(batch) if example.answerable != NONE]
    if not rows:
        return None
    wanted = torch.tensor([float(batch[row].answerable) for row in rows], device=logits.device)
    return nn.functional.binary_cross_entropy_with_logits(logits[rows], wanted)


def relevance_loss(scores: Tensor, batch: Sequence[Example]) -> Tensor | None:
    """Return the squared distance from the base's scores (Hinton et al. 2015, on logits)."""
    rows = [row for row, example in enumerate(batch) if not np.isnan(example.relevance)]
    if not rows:
        return None
    wanted = torch.tensor([batch[row].relevance for row in rows], device=scores.device)
    return nn.functional.mse_loss(scores[rows], wanted)


def support_loss(logits: Tensor, batch: Sequence[Example]) -> Tensor | None:
    """Return the cross-entropy of the label; of `unsupported`, of not being entailed."""
    rows = [row for row, example in enumerate(batch) if example.support != NONE]
    if not rows:
        return None
    logs = torch.log_softmax(logits[rows], 1)
    unsupported = torch.logsumexp(logs[:, 1:], 1, keepdim=True)
    labels = torch.tensor([[batch[row].support] for row in rows], device=logits.device)
    assert logs.shape[1] == UNSUPPORTED  # the column that the next line adds
    return -torch.cat((logs, unsupported), 1).gather(1, labels).mean()


@torch.no_grad()
def with_relevance(data: Data, model: ReaderModel, config: Mapping[str, Any], work: Path) -> Data:
    """Return the data with the base's own scores on some pairs of a question and a passage."""
    device = model.words.weight.device
    rng = random.Random(config["seed"])
    places = [
        (phase, place)
        for phase, examples in enumerate(data.phases)
        for place, example in enumerate(examples)
        if example.answerable != NONE
    ]
    places = rng.sample(places, min(config["relevance"]["pairs"], len(places)))
    places.sort(key=lambda at: len(data.phases[at[0]][at[1]].ids))
    path = work / f"relevance-{digest(data.phases[phase][place] for phase, place in places)}.npy"
    if path.exists():
        scores = np.load(path)
    else:
        found = []
        for start in range(0, len(places), 32):
            chosen = [data.phases[phase][place] for phase, place in places[start : start + 32]]
            ids, segments, mask = (torch.from_numpy(array).to(device) for array in pad(chosen))
            low = precision(config) == torch.bfloat16
            with torch.autocast(device.type, dtype=torch.bfloat16, enabled=low):
                found += model(ids, segments, mask)[2].float().tolist()
        scores = np.array(found)
        np.save(path, scores)
    for (phase, place), score in zip(places, scores, strict=True):
        data.phases[phase][place] = replace(data.phases[phase][place], relevance=float(score))
    return data


def digest(examples: Iterable[Example]) -> str:
    """Return a short hash of examples' tokens, in order."""
    hashed = hashlib.sha256()
    for example in examples:
        hashed.update(np.array(example.ids, np.int32).tobytes())
    return hashed.hexdigest()[:16]


def examples_of(steps: Iterable[Sequence[Example]]) -> str:
    """Return a short hash of the examples of steps, in order."""
    return digest(example for batch in steps for example in batch)


def resume(
    path: Path, model: ReaderModel, optimiser: torch.optim.Optimizer, steps: Sequence[Sequence[Example]]
) -> int:
    """Return how many steps a checkpoint has done, and take over its state; 0 when there is none.

    Raises:
        SystemExit: It has done other steps than these.
    """
    if not path.exists():
        return 0
    state = torch.load(path, map_location=model.words.weight.device, weights_only=True)
    if state.get("seen") != examples_of(steps[: int(state["step"])]):
        message = f"{path} is of a run over other examples than this one's: delete it to begin anew"
        raise SystemExit(message)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return int(state["step"])


def averaged_file(work: Path, name: str, step: int) -> Path:
    """Return where the weights after a step are kept, to be averaged."""
    return work / f"{name}.{step}.pt"


def trained(work: Path, name: str, layers: int, average: Sequence[int] = ()) -> ReaderModel:
    """Return the trained network, or what an unfinished training has so far.

    Args:
        work: The work folder.
        name: Of the base.
        layers: Of the base.
        average: Steps after which the weights are averaged instead, which does what a rate that falls to
            0 does (Izmailov et al. 2018), without knowing beforehand when the end comes.

    Raises:
        SystemExit: Nothing has been trained, or not as far.
    """
    model = ReaderModel(layers)
    whole, part = work / f"{name}.pt", work / f"{name}.checkpoint.pt"
    files = [averaged_file(work, name, step) for step in average]
    missing = [file.name for file in files if not file.exists()]
    if missing or not (files or whole.exists() or part.exists()):
        lacking = ", ".join(missing) or whole.name
        message = f"{work} holds no {lacking}: run `python -m training train` first"
        raise SystemExit(message)
    if files:
        states = [torch.load(file, map_location="cpu", weights_only=True) for file in files]
        mean = {key: sum(state[key] for state in states) / len(states) for key in states[0]}
        model.load_state_dict(mean)
        return model.eval()
    state = torch.load(whole if whole.exists() else part, map_location="cpu", weights_only=True)
    model.load_state_dict(state if whole.exists() else state["model"])
    return model.eval()


def blended(model: ReaderModel, begun: ReaderModel, share: float) -> ReaderModel:
    """Return the trained network with a share of the weights that it began with (Wortsman et al. 2022).

    Between the two lies much of what was learnt and less of what was forgotten.
    """
    before = begun.state_dict()
    mixed = {name: (1 - share) * weight + share * before[name] for name, weight in model.state_dict().items()}
    model.load_state_dict(mixed)
    return model.eval()


def save(path: Path, state: Mapping[str, Any]) -> None:
    """Write a state so that an interruption leaves the old one whole."""
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)  # noqa: PTH105  # over an existing file, on every system
