"""Public questions of people who train networks, as configs: what the preview must say of each, and must not."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from ntkscope.experiment.preview import begin_preview, preview
from ntkscope.experiment.problem.table_reader import read_csv
from ntkscope.experiment.theory.initial_state import initial
from ntkscope.experiment.theory.waves import Waves
from ntkscope.schemas.config import RunConfig
from ntkscope.schemas.preview import KernelPreview, Preview

FOLDER = Path(__file__).parent


def read(name: str) -> RunConfig:
    return RunConfig.model_validate(json.loads((FOLDER / f"{name}.json").read_text()))


def asked(name: str) -> tuple[Preview, KernelPreview]:
    said = preview(read(name))
    assert said.spectrum is not None
    return said, said.spectrum


def test_where_the_network_starts_far_from_0_nothing_of_the_target_is_learnt_by_forgetting_that() -> None:
    """sin(x) / 2.5 over 1.6 periods; the network starts 40 times as large."""
    said, spectrum = asked("se320289_n400")
    mean, wave = spectrum.waves
    assert wave.frequency == pytest.approx(10 / 6.283185, rel=1e-6)
    assert wave.source == "typed"
    assert wave.share > 0.9
    assert mean.share == pytest.approx(0.04, abs=0.01)  # its amplitude is 20 % of the target's
    assert not wave.within_run
    (start_,) = (text for text in said.warnings if "forgets its start" in text)
    assert start_.startswith("The network starts 41 times as large as the target")
    assert not any("target is large" in text for text in said.warnings)  # it is the start that is


def test_what_was_typed_is_answered_however_small() -> None:
    _, spectrum = asked("low_amplitude")
    assert [answer.frequency for answer in spectrum.waves] == [1, 20]
    slow = spectrum.waves[0]
    assert slow.step is not None
    assert 10**5 < slow.step < 10**6
    begun = initial(read("low_amplitude"))
    waves, steps = Waves.of(begun.problem, begun.config.data), torch.tensor([10.0, 4000.0, 1e6], dtype=torch.float64)
    first, later, end = waves.predicted(begun.kernel, begun.training_law, steps)[:, 1].tolist()
    assert first == pytest.approx(20, rel=0.02)  # the fast wave leaks into it
    assert later == pytest.approx(1.2, rel=0.05)
    assert 0.04 < end < 0.1

    _, spectrum = asked("small_typed_frequency")
    assert [(answer.frequency, answer.source) for answer in spectrum.waves] == [(1, "typed"), (5, "typed")]
    assert spectrum.waves[1].step is not None


def test_an_equispaced_table_is_answered_as_the_same_interval() -> None:
    table = read_csv((FOLDER / "equispaced_table.csv").read_bytes(), "equispaced_table")
    points = {"kind": "dataset", "sha256": "0" * 64}
    of_table = preview(RunConfig.model_validate({"data": {"points": points, "target": {"kind": "dataset"}}}), table)
    formula = {"kind": "formula", "text": "sin(pi*x) + 0.5*sin(3*pi*x)"}
    typed = preview(RunConfig.model_validate({"data": {"points": {"kind": "interval", "n": 32}, "target": formula}}))
    assert of_table.spectrum is not None
    assert typed.spectrum is not None

    def answers(spectrum: KernelPreview) -> list[tuple[float, int | None]]:
        return [(round(answer.frequency, 6), answer.step) for answer in spectrum.waves if answer.source != "mean"]

    assert answers(of_table.spectrum) == answers(typed.spectrum)
    (one, first), (three, second) = answers(typed.spectrum)
    assert (one, three) == (1, 3)
    assert (first, second) == (pytest.approx(9, abs=3), pytest.approx(350, rel=0.2))


def test_a_fact_about_the_kernel_at_the_start_is_said_of_that_kernel() -> None:
    """Three modes: with biases of 0 and x >= 0 a relu net is linear. Trained, its kernel moves, and it learns."""
    said, spectrum = asked("se280372_parabola")
    assert {answer.reason for answer in spectrum.waves if answer.source == "found"} == {"unseen"}
    at_once = begin_preview(read("se280372_parabola")).preview.warnings
    (unseen,) = (text for text in at_once if "not with the kernel at the start" in text)
    assert unseen.startswith("Frequencies 0.5, 1.5: not with the kernel at the start, because that kernel has 3 modes")
    assert "above round-off for 100 points" in unseen
    assert "if the kernel moves, later" in unseen
    assert "Change the biases" in unseen
    assert not any("never" in text for text in (*at_once, *said.warnings))


def test_what_the_kernel_learns_as_it_moves_is_rehearsed() -> None:
    """The same: the arch is learnt after twice the steps that were asked for."""
    said, spectrum = asked("se280372_parabola")
    assert said.rehearsal is not None
    told = dict(zip((wave.frequency for wave in spectrum.waves), said.rehearsal.waves, strict=True))
    arch, finer = told[0.5], told[1.5]
    assert arch is not None
    assert finer is not None
    assert arch.step == pytest.approx(204_805, rel=0.1)
    assert (finer.step, finer.sentence) == (None, "Not within 1,000,000 steps.")
    assert any(text.startswith("Frequency 0.5: not within 100,000 steps; rehearsed") for text in said.warnings)


@pytest.mark.parametrize(
    ("name", "said"), [("pt27131_n1000", "28 times sqrt(width)"), ("ds51468_squares", "times width^1.5")]
)
def test_a_target_that_moves_the_kernel_far_is_warned_of(name: str, said: str) -> None:
    warnings = asked(name)[0].warnings
    (large,) = (text for text in warnings if text.startswith("The target is large for this network"))
    assert said in large
    assert "the steps that the kernel at the start predicts do not hold" in large
    assert "above 10 most reached it" in large
    assert "scale the target" in large


def test_a_target_that_was_scaled_is_not() -> None:
    """Its kernel moves by 0.5 % in the whole run."""
    assert not any("target is large" in text for text in asked("ds51468_scaled")[0].warnings)


def test_no_noise_is_told_as_the_target_s_mean() -> None:
    _, spectrum = asked("pt27131_n1000")
    assert [(answer.frequency, answer.source) for answer in spectrum.waves] == [(1, "typed")]


def test_every_answer_is_json() -> None:
    fields: dict[str, Any] = json.loads(asked("se280372_parabola")[0].model_dump_json())
    assert fields["spectrum"]["waves"][1]["sentence"].startswith("Not with the kernel at the start")
