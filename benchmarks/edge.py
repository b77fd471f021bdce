"""Does a rehearsal say that a training will end badly, or may? Random configs that meet the edge of stability.

python benchmarks/edge.py [--count 280] [--threads 1]. Targets of 3 to 300 and rates of 10 to 90 % of the limit; each is
rehearsed with a thirtieth and an eighth of a preview's work, so that its budget ends early, and then trained with
1.5e10 multiply-adds or 20,000 steps. Bad: it diverged or died after step 10. By the first 160 configs `Control.risk`
was chosen; the others were not looked at before.
"""

import argparse
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.numerics.rehearsal import rehearse
from ntkscope.numerics.rehearsal_leaps import Control, Costs
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.rehearsal import BAD_ENDINGS
from random_configs import decades, random_fields
from rehearsal import STEPS, asked, train
from report import gather

WORK = 1.5e10  # multiply-adds of a real run
BUDGETS = (5e8, 2e9)  # of a rehearsal
WIDEST = {1: 1024, 2: 400, 3: 256}
CHOSEN = 160  # configs by which the rule was chosen
EARLY = 10  # what ends before is seen at once


def config(seed: int) -> RunConfig:
    """Of 16 to 48 points; networks are drawn by the seeds of the first ones again."""
    draw = np.random.default_rng(90_000 + seed)
    fields = random_fields(draw, WIDEST, [16, 24, 32, 48])
    target, size = fields["data"]["target"], decades(draw, 3, 300)
    largest = max(target["amplitudes"])
    target["amplitudes"] = [amplitude / largest * size for amplitude in target["amplitudes"]]
    scaling = draw.choice(["ntk", "standard", "mean_field"], p=[0.5, 0.25, 0.25])
    fields["network"]["parameterization"] = str(scaling)
    fields["training"] = {
        "learning_rate": {"kind": "auto", "fraction": float(draw.choice([0.1, 0.25, 0.5, 0.9]))},
        "stop": {"steps": STEPS},
        "device": "cpu",
    }
    return RunConfig.model_validate({"seed": seed % CHOSEN, **fields})


def compare(seed: int) -> dict[str, Any]:
    """How one ended, and what rehearsals said of that."""
    begun = initial(config(seed))
    training = asked(begun)
    steps = int(WORK / Costs.of(begun.network, len(training.goal)).step)
    training = replace(training, horizon=min(STEPS, steps))
    row: dict[str, Any] = {"seed": seed}
    for work in BUDGETS:
        said = rehearse(training, Control(work=work))
        row[f"{work:g}"] = "named" if said.ended in BAD_ENDINGS else "possible" if said.at_risk else said.ended
        row[f"{work:g}, peak"] = said.peak
    trained = train(training, begun)
    return row | {"trained": trained.ended, "at": trained.last}


def table(rows: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """What was said of trainings that ended badly, and of those that did not."""
    for configs, found in (("all", rows), ("not looked at", [row for row in rows if row["seed"] >= CHOSEN])):
        for name, bad in (("bad after step 10", True), ("not bad", False)):
            those = [row for row in found if (row["trained"] in BAD_ENDINGS) == bad and (not bad or row["at"] > EARLY)]
            for work in BUDGETS:
                said = Counter(row[f"{work:g}"] for row in those)
                known = {key: said.pop(key, 0) for key in ("named", "possible")}
                counted = {"count": len(those), **known, "nothing said": said.total()}
                yield {"configs": configs, "trainings": name, "budget": f"{work:g}"} | counted


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=280)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    gather("edge", "said", compare, table, arguments.count)


if __name__ == "__main__":
    main()
