"""What the kernel at the start predicts at every recording time, under every law."""

from dataclasses import dataclass
from typing import get_args

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.numerics import LAWS, KernelPrediction, Law
from ntkscope.numerics.law import laws_apart
from ntkscope.schemas.event import LawName
from ntkscope.schemas.event_parts import Predictions

Array = NDArray[np.float64]
DIFFERENCE_SHOWN = 0.01  # the discrete law is drawn where a mode that counts differs by more


@dataclass(frozen=True)
class Theory:
    """Predictions at T recorded steps."""

    initial: InitialState
    steps: NDArray[np.int64]
    by_law: dict[LawName, KernelPrediction]
    predictions: dict[LawName, Predictions]
    law: LawName  # the one that is drawn
    law_difference: float
    mode_times: Array  # (T, G) lambda t of each group

    @property
    def drawn(self) -> KernelPrediction:
        """By the law that is drawn."""
        return self.by_law[self.law]

    @property
    def path(self) -> Array | None:
        """(T, 2) f on the training points, where there are two."""
        targets = self.initial.problem.targets
        return (self.drawn.residual + targets).numpy() if len(targets) == 2 else None


def theory(initial: InitialState, steps: NDArray[np.int64]) -> Theory:
    """The frozen-kernel prediction of the run at these steps."""
    at = torch.from_numpy(steps).double()
    laws: dict[LawName, Law] = {name: LAWS[name](initial.learning_rate) for name in get_args(LawName)}
    found = {name: initial.kernel.predict(law_, at) for name, law_ in laws.items()}
    predictions = {name: _in_groups(one, initial) for name, one in found.items()}
    # The one place that chooses between two laws by their names.
    # Of the rate and the modes alone, over all steps that there are: no cut of the run changes the law.
    groups = initial.groups.groups
    apart = [laws_apart(initial.learning_rate * group.eigenvalue) for group in groups if group.significant]
    difference = max(apart, default=0.0)
    drawn: LawName = "gradient_descent" if difference > DIFFERENCE_SHOWN else "gradient_flow"
    means = np.array([group.eigenvalue for group in groups])
    return Theory(
        initial=initial,
        steps=steps,
        by_law=found,
        predictions=predictions,
        law=drawn,
        law_difference=difference,
        mode_times=(initial.learning_rate * at).numpy()[:, None] * means[None, :],
    )


def relative_distance(trained: Array, predicted: Array, floor: float = 0.0) -> float | None:
    """||trained - predicted|| / ||predicted||; None where the prediction is below the floor, or one beyond float64."""
    with np.errstate(over="ignore"):
        size = float(np.linalg.norm(predicted))
        apart = float(np.linalg.norm(trained - predicted)) / size if size > floor else np.inf
    return apart if np.isfinite(apart) else None


def _in_groups(prediction: KernelPrediction, initial: InitialState) -> Predictions:
    coefficients = prediction.coefficients.numpy()
    return Predictions(
        remaining=initial.groups.remaining(coefficients),
        learnt=initial.groups.learnt(coefficients),
        loss=prediction.loss.numpy(),
    )
