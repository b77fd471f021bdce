"""Does the rehearsal say when the waves of a target are learnt? Random configs, rehearsed and then really trained.

python benchmarks/rehearsal.py [--count 200] [--first 0] [--threads 1]. Every wave of at least 5 % of the target is
measured at every step of the real run, and compared with K_0's own answer and with the rehearsal's; |p - m| <= 1 step
is no error. A wave that is not learnt within the run, or not predicted to be, counts as learnt at its last step: a
lower bound of the error. The run takes 20,000 steps, fewer where they take more than WORK; the rehearsal's horizon is
its last step.
"""

import argparse
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.theory.initial_state import InitialState, initial
from ntkscope.numerics import GradientDescent, drift, empirical_ntk, euler_step
from ntkscope.numerics.rehearsal import rehearse
from ntkscope.numerics.rehearsal_leaps import Control, Costs, Training, Watched
from ntkscope.numerics.rehearsal_range import Crossings, Record, looked_at
from ntkscope.numerics.rehearsal_result import Rehearsal
from ntkscope.numerics.waves import wave_map
from ntkscope.schemas.config import RunConfig
from random_configs import decades, random_fields
from report import print_table, text, write_json

STEPS = 20_000
WORK = 3e10  # multiply-adds of a real run: some three seconds
WIDEST = {1: 4096, 2: 1024, 3: 512}
SHARE = 0.05  # of the target's waves
EDGE = Control().edge
DRIFTS = [0.0, 0.03, 0.1, 0.3, 1.0, 3.0, math.inf]
LEAST_DRIFT = 0.01
BLOCK = 256  # steps between two looks at a real run


def config(seed: int) -> RunConfig:
    """Interval or circle, 16 to 64 points, depth 1 to 3, waves of 0.1 to 100, rates of 2 to 60 % of the limit."""
    draw = np.random.default_rng(30_000 + seed)
    fields = random_fields(draw, WIDEST, [16, 24, 32, 48, 64])
    scaling = draw.choice(["ntk", "standard", "mean_field"], p=[0.7, 0.2, 0.1])
    fields["network"]["parameterization"] = str(scaling)
    fields["training"] = {
        "learning_rate": {"kind": "auto", "fraction": decades(draw, 0.02, 0.6)},
        "stop": {"steps": STEPS},
        "device": "cpu",
        "precision": "float32" if draw.uniform() < 0.2 else "float64",
    }
    return RunConfig.model_validate({"seed": seed, **fields})


def asked(begun: InitialState) -> Training:
    """The waves that are at least 5 % of the target."""
    problem, target = begun.problem, begun.config.data.target
    assert target.kind == "sinusoids"
    position = (torch.from_numpy(problem.inputs).reshape(-1) - problem.start) / problem.length
    rows = wave_map(position, torch.tensor(target.frequencies, dtype=torch.float64))
    sizes = (rows @ problem.targets.to(rows.dtype)).abs()
    kept = sizes**2 >= SHARE * (sizes**2).sum()
    watched = Watched(rows[kept], begun.config.recording.epsilon * sizes[kept])
    probe, steps = begun.probe, int(WORK / Costs.of(begun.network, len(problem.targets)).step)
    return Training(
        begun.network, probe.inputs, probe.targets + probe.offset, probe.grid_inputs, probe.grid_offset,
        begun.learning_rate, watched, min(STEPS, steps),
    )  # fmt: skip


@dataclass
class Trained:
    """What a real run did."""

    watched: list[Crossings]
    ended: str  # horizon, diverges or dies
    last: int
    drift: float
    seconds: float


def train(training: Training, begun: InitialState) -> Trained:
    """Every step measured."""
    network, record = training.network.copy(), Record(training.watched)
    take, goal = euler_step(network, training.inputs), training.goal.to(training.inputs)
    grown, ended, at, seconds = 1e4 * float(begun.kernel.residual.norm()), "horizon", 0, 0.0
    while at <= training.horizon and ended == "horizon":
        count = min(BLOCK, training.horizon + 1 - at)
        since = time.process_time()
        residuals = torch.stack([take(goal, training.learning_rate) for _ in range(count)]).double()
        seconds += time.process_time() - since
        bad = torch.nonzero(~(residuals.norm(dim=1) <= grown))[:, 0]
        if len(bad):
            count, ended = int(bad[0]), "diverges"
        if count:
            record.add(torch.arange(at, at + count, dtype=torch.float64), residuals[:count])
        at += count
        if ended == "horizon" and network.activation.can_die and network.hidden_derivatives_all_zero(training.inputs):
            ended = "dies"
    crossed = record.crossings(horizon=at - 1, reach=at - 1, at_edge=False, diverges=ended == "diverges")
    kernel = empirical_ntk(network, training.inputs) if ended != "diverges" else begun.matrix
    moved = drift(kernel, begun.matrix) if ended != "diverges" else math.inf
    return Trained(crossed, ended, at - 1, moved, seconds)


def by_first_kernel(training: Training, begun: InitialState) -> list[Crossings]:
    """K_0's own answer."""
    record, horizon = Record(training.watched), training.horizon
    steps = torch.cat([torch.zeros(1, dtype=torch.float64), looked_at(0, horizon + 1)])
    record.add(steps, begun.kernel.predict(GradientDescent(begun.learning_rate), steps).residual)
    return record.crossings(horizon=horizon, reach=0, at_edge=False, diverges=False)


def factor(predicted: int | None, measured: int | None, last: int) -> float:
    """How wrong a prediction is, at least."""
    p, m = (last if value is None else value for value in (predicted, measured))
    return 1.0 if abs(p - m) <= 1 else max(p, m) / max(1, min(p, m))


def compare(seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A config: what came of the run as a whole, and of each wave and kind of crossing."""
    begun = initial(config(seed))
    training = asked(begun)
    since = time.process_time()
    rehearsed: Rehearsal = rehearse(training)
    seconds = time.process_time() - since
    trained, guessed = train(training, begun), by_first_kernel(training, begun)
    run = {
        "seed": seed,
        "trained": trained.ended,
        "at": trained.last,
        "rehearsed": rehearsed.ended,
        "at risk": rehearsed.at_risk,
        "reach": rehearsed.reach,
        "peak": rehearsed.peak,
        "drift": trained.drift,
        "drift, rehearsed": rehearsed.drift,
        "kernels": rehearsed.kernels,
        "steps": rehearsed.steps,
        "work": rehearsed.work,
        "seconds": seconds,
        "real": trained.seconds,
        "scaling": begun.config.network.parameterization,
        "precision": begun.config.training.precision,
    }
    waves = []
    for measured, said, guess in zip(trained.watched, rehearsed.watched, guessed, strict=True):
        for which in ("first", "for_good"):
            m, p, k = (getattr(crossed, which) for crossed in (measured, said, guess))
            waves.append(
                run
                | {
                    "which": which,
                    "measured": m.step,
                    "said": p.step,
                    "low": p.low,
                    "high": p.high,
                    "K_0 says": k.step,
                    "class": p.kind,
                    "K_0": factor(k.step, m.step, trained.last),
                    "rehearsal": factor(p.step, m.step, trained.last),
                    "covered": (p.high is None or p.high >= (trained.last if m.step is None else m.step))
                    and (m.step is None or p.low <= m.step),
                }
            )
    return run, waves


def shares(rows: list[dict[str, Any]], method: str) -> str:
    """Per cent within 10 %, 25 % and a factor of 2."""
    return " / ".join(f"{100 * np.mean([row[method] <= limit for row in rows]):.0f}" for limit in (1.1, 1.25, 2.0))


def accuracy(waves: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """By drift, by the edge, by scaling and precision."""
    steady = [wave for wave in waves if wave["trained"] != "diverges"]
    good = [wave for wave in steady if wave["which"] == "for_good"]
    groups = {
        "for good": good,
        "first": [wave for wave in steady if wave["which"] == "first"],
        **{
            f"drift {low:g} to {high:g}": [wave for wave in good if low <= wave["drift"] < high]
            for low, high in pairwise(DRIFTS)
        },
        "never at the edge": [wave for wave in good if wave["peak"] < EDGE],
        "at the edge": [wave for wave in good if wave["peak"] >= EDGE],
        **{name: [wave for wave in good if wave["scaling"] == name] for name in ("ntk", "standard", "mean_field")},
        **{name: [wave for wave in good if wave["precision"] == name] for name in ("float32", "float64")},
    }
    for name, rows in groups.items():
        if rows:
            yield {
                "within 10 / 25 % / factor 2, %": name,
                "crossings": len(rows),
                "K_0": shares(rows, "K_0"),
                "rehearsal": shares(rows, "rehearsal"),
                "worst": max(row["rehearsal"] for row in rows),
            }


def ranges(waves: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """How often the stated range holds, and how wide it is, by class and by drift."""
    groups: dict[str, list[dict[str, Any]]] = {"all": waves}
    for wave in waves:
        groups.setdefault(f"{wave['class']}, {wave['which']}".replace("_", " "), []).append(wave)
    groups["drift below 0.1"] = [wave for wave in waves if wave["drift"] < 0.1]
    for name, rows in groups.items():
        closed = [row["high"] / max(1, row["low"]) for row in rows if row["high"] is not None and row["said"] > 20]
        yield {
            "range": name,
            "crossings": len(rows),
            "holds, %": round(100 * float(np.mean([row["covered"] for row in rows])), 1) if rows else None,
            "high / low, median": round(float(np.median(closed)), 3) if closed else None,
            "largest": round(max(closed), 3) if closed else None,
        }


def endings(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Bad ends of real runs after step 10: named, told as possible, or missed; and what was said of the others."""
    bad = {"diverges", "dies"}
    late = [run for run in runs if run["trained"] in bad and run["at"] > 10]
    well = [run for run in runs if run["trained"] not in bad]
    named = [run for run in late if run["rehearsed"] in bad]
    possible = [run for run in late if run["at risk"]]
    return {
        "bad ends": len(runs) - len(well),
        "after step 10": len(late),
        "named": len(named),
        "told as possible": len(possible),
        "missed": len(late) - len(named) - len(possible),
        "false alarms": len([run for run in well if run["rehearsed"] in bad]),
        "possible, ended well": len([run for run in well if run["at risk"]]),
    }


def drifts(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """The kernel's drift as rehearsed, of runs that were rehearsed to their last step; below 1 % it is not compared."""
    both = [
        (run["drift, rehearsed"], run["drift"])
        for run in runs
        if run["rehearsed"] == "horizon" == run["trained"] and run["drift"] > LEAST_DRIFT
    ]
    factors = [max(said / measured, measured / said) for said, measured in both]
    within = {f"within a factor of {limit:g}, %": _part(factors, limit) for limit in (1.1, 1.25, 2.0)}
    return {"runs": len(both), **within, "worst": max(factors, default=None)}


def _part(factors: list[float], limit: float) -> float | None:
    return round(100 * float(np.mean([factor <= limit for factor in factors])), 1) if factors else None


def cost(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Of the rehearsal against the real run, both timed here."""
    times = [run["seconds"] for run in runs]
    return {
        "seconds, median": float(np.median(times)),
        "90 %": float(np.quantile(times, 0.9)),
        "largest": max(times),
        "real run, median": float(np.median([run["real"] for run in runs])),
        "real / rehearsal, median": float(np.median([run["real"] / run["seconds"] for run in runs])),
        "kernels, median": float(np.median([run["kernels"] for run in runs])),
        "real steps, median": float(np.median([run["steps"] for run in runs])),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    runs, waves = [], []
    for seed in range(arguments.first, arguments.first + arguments.count):
        run, found = compare(seed)
        runs.append(run)
        waves += found
        wrong = [wave for wave in found if wave["rehearsal"] > 1.1 or not wave["covered"]]
        for wave in wrong:
            keys = ("which", "measured", "said", "low", "high", "class", "peak", "drift", "rehearsed", "reach")
            print(f"  seed {seed}: " + ", ".join(f"{key} {text(wave[key])}" for key in keys), flush=True)
        tables = {
            "accuracy": list(accuracy(waves)),
            "ranges": list(ranges(waves)),
            "endings": [endings(runs)],
            "drifts": [drifts(runs)],
            "cost": [cost(runs)],
        }
        write_json("rehearsal", {"configs": len(runs), **tables})  # so that a long run may be stopped
    for rows in tables.values():
        print_table(rows)


if __name__ == "__main__":
    main()
