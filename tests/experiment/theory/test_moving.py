"""Kernel frames: diagnostics of K_t, and the moving kernel beside the frozen one."""

import numpy as np
import pytest
import torch

from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.trainer import train
from ntkscope.numerics import empirical_ntk, euler_step
from ntkscope.schemas.event import Checkpoint, KernelFrame, RunEvent, Tick
from tests.cases import config, of, run, stored

MOVES = {"network__parameterization": "mean_field", "recording__kernel_frames": 12}


def test_at_the_start_everything_is_k_0() -> None:
    settings = config()
    begun, first = initial(settings), of(run(settings), KernelFrame)[0]
    counted = sum(len(group.modes) for group in begun.groups.groups if group.significant)
    assert first.leading_modes == begun.groups.leading >= counted >= 2
    assert any(group.modes[-1] == begun.groups.leading - 1 for group in begun.groups.groups)
    assert first.subspace_overlap == pytest.approx(1)
    assert first.trace == pytest.approx(float(begun.kernel.spectrum.eigenvalues.sum()))
    np.testing.assert_allclose(first.mode_coefficients, begun.groups.start, atol=1e-12)
    assert first.moving is not None
    assert first.moving.error == pytest.approx(0, abs=1e-12)
    np.testing.assert_allclose(first.moving.function, begun.kernel.function, atol=1e-12)
    assert first.hessian is None


def test_diagnostics_are_those_of_the_kernel() -> None:
    settings = config(**MOVES)
    events = run(settings)
    begun, last = initial(settings), of(events, KernelFrame)[-1]
    network = begun.network.copy()
    network.load_bytes(of(events, Checkpoint)[-1].parameters)
    kernel = empirical_ntk(network, begun.probe.inputs)
    y, k = begun.problem.targets, begun.groups.leading
    values, vectors = torch.linalg.eigh(kernel)
    shares = values.clamp(min=1e-300) / values.sum()
    assert last.trace == pytest.approx(float(kernel.trace()))
    assert last.target_alignment == pytest.approx(float(y @ kernel @ y / (kernel.norm() * (y @ y))))
    assert last.effective_rank == pytest.approx(float(torch.exp(-(shares * shares.log()).sum())))
    overlap = float(torch.linalg.norm(begun.kernel.spectrum.modes[:, :k].T @ vectors[:, -k:]) ** 2) / k
    assert last.subspace_overlap == pytest.approx(overlap)
    assert 0.5 < overlap < 0.999
    assert last.condition_number == pytest.approx(float(values[-1] / values[values > 16 * 2**-53 * values[-1]][0]))


def test_the_moving_kernel_is_its_recurrence_and_nearer_than_the_frozen_one() -> None:
    settings = config(**MOVES)
    begun, frames = initial(settings), of(run(settings), KernelFrame)
    residual, function, step = begun.kernel.residual, begun.kernel.function, 0
    trained = begun.network.copy()
    take = euler_step(trained, begun.probe.inputs)
    goal = begun.probe.goal
    for frame in frames:
        kernel = empirical_ntk(trained, begun.probe.inputs)
        cross = empirical_ntk(trained, begun.probe.grid_inputs, begun.probe.inputs)
        for _ in range(frame.step - step):
            function = function - begun.learning_rate * cross @ residual
            residual = residual - begun.learning_rate * kernel @ residual
            take(goal, begun.learning_rate)
        step = frame.step
        assert frame.moving is not None
        np.testing.assert_allclose(frame.moving.function, function, atol=1e-9)
        assert frame.moving.loss == pytest.approx(0.5 * float(residual @ residual), rel=1e-8)
    last = frames[-1]
    assert last.drift > 0.1
    assert last.moving is not None
    assert last.moving.error is not None
    assert last.moving.frozen_error is not None
    assert last.moving.error < last.moving.frozen_error / 2


def test_the_hessian_is_measured_where_it_is_asked_for() -> None:
    found = of(run(config(recording__hessian=True)), KernelFrame)
    assert all(frame.hessian is not None for frame in found)
    last = found[-1]
    assert last.hessian is not None
    assert last.hessian.largest == pytest.approx(last.eigenvalues[0], rel=0.05)  # the residual is small by then
    assert last.hessian.error < 1e-4 * last.hessian.largest


def test_a_run_without_a_target_has_no_alignment_and_no_relative_error() -> None:
    frames = of(run(config(data__target={"kind": "formula", "text": "0*x"})), KernelFrame)
    assert all(frame.target_alignment is None for frame in frames)
    assert all(frame.moving is not None and frame.moving.error is None for frame in frames)


def test_extending_takes_the_prediction_up_where_it_was() -> None:
    short = run(config(**MOVES, training__stop__steps=100))
    checkpoint = of(short, Checkpoint)[-1]
    before = of(short, KernelFrame)[-1].moving
    assert before is not None
    whole = of(run(config(**MOVES)), KernelFrame)[-1].moving
    added = of(run(config(**MOVES), resume=checkpoint, last_seq=short[-1].seq), KernelFrame)[-1].moving
    assert added is not None
    assert whole is not None
    assert added.error == pytest.approx(whole.error, rel=0.2)
    assert added.loss < before.loss


def test_a_checkpoint_of_an_earlier_version_has_no_moving_kernel() -> None:
    short = run(config(training__stop__steps=100))
    old = of(short, Checkpoint)[-1].model_copy(update={"moving": b""})
    added = run(config(), resume=old, last_seq=short[-1].seq)
    assert all(frame.moving is None for frame in of(added, KernelFrame))
    assert of(added, Checkpoint)[-1].moving == b""


def test_a_pause_changes_nothing() -> None:
    settings = config(**MOVES, training__stop__steps=4000, network__width=512)
    events: list[RunEvent] = []
    generator, command, paused = train(settings), None, 0
    try:
        event = next(generator)
        while True:
            events.append(event)
            command = None
            if isinstance(event, Tick) and event.step > 0:
                paused += event.paused
                command = "resume" if event.paused else "pause" if paused == 0 else None
            event = generator.send(command)
    except StopIteration:
        pass
    assert paused
    one, other = of(stored(events), KernelFrame)[-1].moving, of(run(settings), KernelFrame)[-1].moving
    assert one is not None
    assert other is not None
    assert one.loss == other.loss
