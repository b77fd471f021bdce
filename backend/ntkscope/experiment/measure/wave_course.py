"""How far each wave of the target is learnt along a run: its error, measured and predicted, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.learnt import wave_forecasts
from ntkscope.experiment.theory.waves import Waves
from ntkscope.numerics.crossings import step_for_good
from ntkscope.schemas.wave import WaveForecast, WaveRow
from ntkscope.wire.codec import in_wire_precision

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WaveCourse:
    """The target's F waves in one run.

    Args:
        initial: The run at step 0.
        waves: What the target is made of.
        in_modes: The same of values given by their coefficients in the modes of K_0.
        forecasts: When each will be learnt, by the kernel at the start.
    """

    initial: InitialState
    waves: Waves
    in_modes: Waves
    forecasts: list[WaveForecast]

    @classmethod
    def of(cls, initial: InitialState) -> WaveCourse:
        """Of the run that begins here."""
        waves = Waves.of(initial.problem, initial.config.data)
        modes = initial.kernel.spectrum.modes.to(waves.map.dtype)
        return cls(initial, waves, replace(waves, map=waves.map @ modes), wave_forecasts(initial, waves))

    def errors(self, residual: Tensor) -> Array:
        """(F,) |r_k| / |y_k| of a residual (n,), in the wire's precision; NaN where the target has no such wave."""
        return in_wire_precision(self.waves.errors(residual).numpy())

    def predicted(self, coefficients: Tensor) -> Array:
        """(F,) the same of a residual given by its coefficients (n,) in the modes of K_0."""
        return self.in_modes.errors(coefficients).numpy()

    def rows(self, steps: list[int], errors: list[Array]) -> list[WaveRow]:
        """The closing table, from the errors (F,) at each recorded step."""
        at = torch.tensor(steps, dtype=torch.float64)
        table = torch.from_numpy(np.array(errors).reshape(len(steps), len(self.forecasts)))
        rows = []
        for column, wave in enumerate(self.forecasts):
            course = table[:, column]
            found = step_for_good(at, course, self.initial.config.recording.epsilon)
            last = float(course[-1]) if len(course) else np.nan
            rows.append(
                WaveRow(
                    **wave.model_dump(),
                    measured_step=found.time,
                    lost=found.lost,
                    error=last if np.isfinite(last) else None,
                )
            )
        return rows
