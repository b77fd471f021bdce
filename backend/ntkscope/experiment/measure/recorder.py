"""States of a training in, events out: knows no network, no optimizer and no clock."""

from __future__ import annotations

from itertools import count
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from ntkscope.experiment.machine import this_machine
from ntkscope.experiment.measure.endings import Condition, Facts, closing
from ntkscope.experiment.measure.history import History, Measured, learning_time_fit
from ntkscope.experiment.measure.notices import run_notices
from ntkscope.experiment.measure.sentences import OUTCOMES, sentence
from ntkscope.experiment.measure.states import KernelState, NetworkState, Resumed
from ntkscope.experiment.measure.units import in_own_units
from ntkscope.experiment.measure.wave_course import WaveCourse
from ntkscope.experiment.schedule import Steps
from ntkscope.experiment.theory.at_points import AtPoints
from ntkscope.experiment.theory.frequencies import residual_spectrum, spectrum_frequencies
from ntkscope.experiment.theory.frozen import Theory, relative_distance, theory
from ntkscope.experiment.theory.growth import followed
from ntkscope.experiment.theory.infinite import InfiniteNetwork, infinite_stages
from ntkscope.experiment.theory.initial_state import InitialState
from ntkscope.experiment.theory.kernel_figures import kernel_figures
from ntkscope.experiment.theory.modes import grid_modes, kernel_modes, mode_wave_vectors
from ntkscope.experiment.theory.moving import MovingKernel
from ntkscope.experiment.theory.rehearsed import RehearsedRun, rehearsed_stages
from ntkscope.experiment.theory.slices import Slices
from ntkscope.numerics import KernelPrediction, Stages, cumulative_power, drift, subspace_overlap
from ntkscope.numerics.stages import telling
from ntkscope.schemas.event import Checkpoint, Event, Finished, Frame, KernelFrame, PredictionName, Reason, Started
from ntkscope.schemas.event_parts import PredictedFunction

Array = NDArray[np.float64]
Told = TypeVar("Told", bound=Event)


class Recorder:
    """One run's events, numbered in the order in which they are asked for.

    Made by `Recorder.stages`. One `Theory` and one `History` cover the run, however often it was cut.

    Args:
        theory: Of the steps with a frame: those recorded before the run went on, then those to come.
        infinite: The same network at infinite width, where it is found soon enough.
        waves: What the target is made of.
        rehearsed: The run, rehearsed, where it is small enough.
        kernel_steps: Those of the steps with a kernel frame.
        first_seq: Of the first event.
        resume: Where the run goes on.
    """

    def __init__(
        self,
        theory: Theory,
        infinite: InfiniteNetwork | None,
        waves: WaveCourse,
        rehearsed: RehearsedRun | None,
        kernel_steps: Steps,
        *,
        first_seq: int = 1,
        resume: Resumed | None = None,
    ) -> None:
        self.initial, self.kernel_steps = theory.initial, kernel_steps
        self._theory, self._infinite, self._waves, self._rehearsed = theory, infinite, waves, rehearsed
        self._by_theta = infinite.kernel.predict(theory.drawn.law, theory.drawn.step) if infinite else None
        self._history, self._slices = History(theory), Slices.choose(self.initial.problem)
        self._seq, self._points = count(first_seq), AtPoints.choose(self.initial)
        self._moving: MovingKernel | None = MovingKernel(self.initial)
        if resume:
            self._history.restore(resume.checkpoint, len(self._waves.forecasts))
            self._moving = (
                MovingKernel.resume(self.initial, resume.checkpoint, resume.kernels)
                if resume.kernels
                else MovingKernel.again(self.initial, resume.checkpoint)
            )
        self._facts, self._start = Facts.of(self.initial.problem, self.initial.config), Condition.at_start(self.initial)
        bending = resume.checkpoint.bending if resume else None
        self._condition = self._start.again(bending) if bending else self._start  # at the last kernel frame
        self.steps = theory.steps[len(self._history.steps) :]  # to come

    @classmethod
    def stages(
        cls,
        initial: InitialState,
        steps: Steps,
        kernel_steps: Steps,
        *,
        first_seq: int = 1,
        resume: Resumed | None = None,
    ) -> Stages[Recorder]:
        """Predicts every step, with a stop every some tenths of a second.

        Args:
            initial: The run at step 0.
            steps: To be recorded.
            kernel_steps: Those of them at which the kernel is measured.
            first_seq: Of the first event.
            resume: Where the run goes on.
        """
        predicted = theory(initial, steps)
        yield
        yield from predicted.drawn.function_stages()
        infinite = yield from infinite_stages(initial)
        waves = WaveCourse.of(initial)
        rehearsed = yield from telling(rehearsed_stages(initial, waves.waves, steps, initial.last_step), lambda _: None)
        recorder = cls(predicted, infinite, waves, rehearsed, kernel_steps, first_seq=first_seq, resume=resume)
        if recorder._by_theta and infinite and infinite.grid:
            yield from recorder._by_theta.function_stages()
        yield
        return recorder

    def started(self) -> Started:
        """Data, K_0, its modes, and the prediction of every step."""
        initial, predicted, infinite, theta = self.initial, self._theory, self._infinite, self._by_theta
        problem, kernel, rate = initial.problem, initial.kernel, initial.learning_rate
        frequencies = torch.from_numpy(initial.mode_frequencies)
        largest_stable = initial.training_law.largest_stable_eigenvalue
        return self._told(Started(
            seq=next(self._seq),
            config=initial.config,
            machine=this_machine(initial.probe.inputs.device.type, initial.config.training.precision),
            notices=run_notices(initial, self._rehearsed, self._by_theta, self._facts),
            parameters=initial.network.parameter_count,
            learning_rate=rate,
            largest_stable_rate=initial.largest_stable_rate,
            largest_stable_eigenvalue=largest_stable if np.isfinite(largest_stable) else None,
            epsilon=initial.config.recording.epsilon,
            centered=initial.config.network.centered,
            geometry=problem.geometry,
            inputs=problem.inputs,
            targets=problem.targets.numpy(),
            grid=problem.grid_inputs,
            grid_target=None if problem.grid_target is None else problem.grid_target.numpy(),
            grid_shape=problem.grid_shape,
            held_out=problem.held_out,
            grid_start=kernel.function.numpy(),
            **kernel_modes(kernel.spectrum, initial.groups.start, frequencies, initial.groups.groups, problem),
            coefficient_floor=initial.coefficient_floor,
            modes=kernel.spectrum.leading(initial.followed).numpy(),
            below_floor=int((kernel.spectrum.eigenvalues < kernel.spectrum.noise_floor).sum()),
            residual_norm=float(kernel.residual.norm()),
            target_norm=float(np.linalg.norm(problem.observed)),
            steps=predicted.steps.tolist(),
            times=(predicted.steps * rate).tolist(),
            kernel_steps=self.kernel_steps.tolist(),
            law=predicted.law,
            law_difference=predicted.law_difference,
            laws=predicted.predictions,
            waves=self._waves.forecasts,
            frequencies=spectrum_frequencies(problem).numpy(),
            target_power=cumulative_power(kernel.spectrum.mode_coefficients(problem.targets)).numpy(),
            infinite=infinite.describe(initial, theta, self._slices, self._points) if infinite and theta else None,
            grid_modes=grid_modes(kernel, initial.followed),
            mode_wave_vectors=mode_wave_vectors(kernel.spectrum, problem, initial.followed),
            slices=self._slices.event(initial.matrix),
            at_points=self._points.of(initial.matrix, kernel.spectrum, kernel.residual),
            path=predicted.path,
            rehearsal=self._rehearsed.describe(self._waves.forecasts) if self._rehearsed else None,
        ))  # fmt: skip

    def frame(self, state: NetworkState) -> Frame:
        """The cheap measurement; it enters the history.

        A step off the plan, where a run ended between two records, has predictions of its own.
        """
        initial, problem, infinite = self.initial, self.initial.problem, self._infinite
        predicted, by_theta, at = self._predicted(state.step)
        residual = state.fitted - problem.targets
        every = initial.kernel.spectrum.mode_coefficients(residual)
        coefficients = every[: initial.followed].numpy()
        # The modes are orthonormal: the same as of the residuals themselves.
        apart = float((every - predicted.drawn.coefficients[at]).norm() / initial.kernel.residual.norm())
        remaining = initial.groups.remaining(coefficients[None])[0]
        learnt = initial.groups.learnt(coefficients[None])[0]
        waves = self._waves.errors(residual)
        by_rehearsal = self._rehearsed.error(state.step, residual) if self._rehearsed else np.nan
        self._history.add(Measured(remaining, learnt, apart, waves, by_rehearsal), predicted, at)
        below = remaining < initial.config.recording.epsilon
        function = state.function.numpy()
        functions: dict[PredictionName, PredictedFunction] = {}
        functions["frozen"] = self._compared(function, predicted.drawn.function[at].numpy())
        if self._rehearsed and (rehearsed := self._rehearsed.function(state.step)) is not None:
            functions["rehearsed"] = self._compared(function, rehearsed.numpy())
        if by_theta and infinite and infinite.grid:
            told = bool(followed(by_theta.loss[at], initial.loss))
            values = by_theta.function[at].numpy()
            functions["infinite"] = self._compared(function, values if told else np.full_like(values, np.nan))
            band = infinite.ensemble_at_once(predicted.drawn.law, predicted.drawn.step[at : at + 1])
            if band and told:
                functions["ensemble"] = self._compared(function, band.mean, band.standard_deviation)
        return self._told(Frame(
            seq=next(self._seq),
            step=state.step,
            time=state.time,
            wall_seconds=state.wall_seconds,
            loss=0.5 * float(residual @ residual),
            held_out_error=problem.test_error(state.function),
            mode_coefficients=coefficients,
            remaining=remaining,
            learnt=learnt,
            function=function,
            fitted=state.fitted.numpy(),
            residual_spectrum=residual_spectrum(initial.fourier_rows, residual).numpy(),
            modes_learnt=sum(len(group.modes) for group, yes in zip(initial.groups.groups, below, strict=True) if yes),
            median_errors=self._history.median_errors(),
            predicted=functions,
            infinite_remaining=infinite.remaining(residual) if infinite else None,
            wave_errors=waves,
            wave_errors_predicted=self._waves.predicted(predicted.drawn.coefficients[at]),
            verdict=self._history.verdict(),
        ))  # fmt: skip

    def kernel_frame(self, state: NetworkState, measured: KernelState) -> KernelFrame:
        """What needs K_t: its spectrum and how far it moved; the moving prediction takes it up."""
        initial, kernel, targets = self.initial, measured.kernel, self.initial.problem.targets
        decomposed = measured.decomposed
        residual, leading = state.fitted - targets, initial.groups.leading
        coefficients = decomposed.mode_coefficients(residual)[: initial.followed].numpy()
        if self._moving:
            self._moving.take(state.step, decomposed, measured.cross_kernel)
        moving = self._moving.prediction(residual, state.function) if self._moving else None
        moved = float(drift(kernel, initial.matrix))
        self._history.add_kernel(state.step, moved, moving)
        self._condition = self._start.later(state, measured, decomposed.count_above_floor, targets)
        return self._told(KernelFrame(
            seq=next(self._seq),
            step=state.step,
            time=state.time,
            wall_seconds=state.wall_seconds,
            eigenvalues=decomposed.eigenvalues.numpy(),
            drift=moved,
            identity=measured.identity,
            mode_coefficients=coefficients,
            remaining=initial.groups.remaining(coefficients[None])[0],
            slices=self._slices.of(kernel),
            at_points=self._points.of(kernel, decomposed, residual),
            parameter_drift=measured.parameter_drift,
            leading_modes=leading,
            subspace_overlap=subspace_overlap(initial.kernel.spectrum.leading(leading), decomposed.leading(leading)),
            **kernel_figures(kernel, decomposed, targets),
            moving=moving,
            hessian=measured.hessian,
        ))  # fmt: skip

    def finished(self, reason: Reason, step: int, loss: float | None, wall_seconds: float) -> Finished:
        """The end, with a sentence that says what happened and what to do, and the closing figures."""
        rows, outcome = self._history.rows(), OUTCOMES.get(reason, "completed")
        said = sentence(self.initial, reason, step, loss)
        more, remedy = closing(self.initial.config, outcome, self._facts, self._start, self._condition)
        return self._told(Finished(
            seq=next(self._seq),
            outcome=outcome,
            sentence=said + more,
            reason=reason,
            step=step,
            time=step * self.initial.learning_rate,
            loss=loss,
            wall_seconds=wall_seconds,
            median_errors=self._history.median_errors(),
            rows=rows,
            learning_time_fit=learning_time_fit(rows),
            waves=self._waves.rows(self._history.steps, self._history.wave_errors),
            verdict=self._history.verdict(),
            suggestion=remedy,
        ))  # fmt: skip

    def checkpoint(self, step: int, wall_seconds: float, parameters: bytes, *, paused: bool = False) -> Checkpoint:
        """From which the run goes on: at a pause as if it had never stopped, with the kernel last taken up."""
        return Checkpoint(
            seq=next(self._seq),
            step=step,
            time=step * self.initial.learning_rate,
            wall_seconds=wall_seconds,
            parameters=parameters,
            **self._history.planned(),
            moving=self._moving.to_bytes(step) if self._moving else b"",
            moving_kernel=self._moving.kernel_to_bytes() if self._moving and paused else b"",
            bending=self._condition.told() if paused and self._condition.step else None,
        )

    def _told(self, event: Told) -> Told:
        return in_own_units(event, self.initial.problem.target_scaling)

    def _compared(self, function: Array, predicted: Array, spread: Array | None = None) -> PredictedFunction:
        """A prediction on the grid, and how far the trained network's function (g,) is from it."""
        distance = relative_distance(function, predicted, self.initial.function_floor)
        return PredictedFunction(function=predicted, spread=spread, distance=distance)

    def _predicted(self, step: int) -> tuple[Theory, KernelPrediction | None, int]:
        """The theory that holds this step, by K_0 and by Theta, and the step's place in it."""
        at = int(np.searchsorted(self._theory.steps, step))
        if at < len(self._theory.steps) and self._theory.steps[at] == step:
            return self._theory, self._by_theta, at
        own = theory(self.initial, np.array([step]))
        by_theta = self._by_theta.kernel.predict(own.drawn.law, own.drawn.step) if self._by_theta else None
        return own, by_theta, 0
