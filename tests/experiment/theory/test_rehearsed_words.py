"""What is said of a rehearsal follows from the numbers that it names."""

import json
from pathlib import Path
from typing import Any

import pytest

from ntkscope.experiment.theory.offers import round_up, steps_offers
from ntkscope.experiment.theory.rehearsed_words import (
    ENDED_BADLY,
    LEFT_AT_RISK,
    bad_end,
    chosen_rate,
    ending_sentence,
    offer,
    possible_end,
    too_large,
    wave_sentence,
)
from ntkscope.schemas.rehearsal import RehearsedWave

ROOT = Path(__file__).parents[3]


def said(**changes: Any) -> str:
    fields: dict[str, Any] = {
        "step": 500,
        "first_step": 480,
        "kind": "calm",
        "factors": (0.9, 1.1),
        "horizon": 1_000_000,
        "reach": 9000,
        "ended": "learnt",
        "drift": 0.03,
        "peak": 1.2,
        "never": None,
    }
    return wave_sentence(**(fields | changes))


def test_a_calm_wave_says_how_far_the_kernel_moves() -> None:
    assert said() == "The kernel hardly moves (by 3 %): the step is known to ±10 %."
    assert said(step=19) == "The kernel hardly moves (by 3 %): the step is known to ±1."
    assert said(step=20) == said()
    assert said(drift=1.3) == "The kernel moves by 130 %: the step is known to ±10 %."
    assert said(drift=42.0) == "The kernel moves by 42 times itself: the step is known to ±10 %."


def test_the_edge_names_the_first_crossing() -> None:
    text = said(kind="edge", peak=2.25)
    assert text == (
        "The learning rate meets the edge of stability (ηλ₁ up to 2.25): first reached about step 480, it may come "
        "back; the exact step is not determined."
    )
    assert "first reached" not in said(kind="edge", peak=2.25, first_step=None)


def test_beyond_the_budget_says_up_to_where() -> None:
    late = said(kind="calm beyond the budget", factors=(0.5, 3.0), step=12_000)
    assert late == "Rehearsed to step 9,000; beyond that by the kernel there: 0.5 to 3 times this step."
    seen = said(kind="edge beyond the budget", factors=(0.5, 4.0), step=8000, peak=2.0)
    assert seen == (
        "Rehearsed to step 9,000; the learning rate meets the edge of stability (ηλ₁ up to 2); below its limit until "
        "there, it may come back: 0.5 to 4 times this step."
    )
    none = said(kind="calm beyond the budget", step=None)
    assert none == "Rehearsed to step 9,000; by the kernel there not within 1,000,000 steps."


def test_never_is_said_only_where_it_is_sure() -> None:
    assert said(step=None) == "Not within 1,000,000 steps."
    assert said(step=None, never="Never: because.") == "Never: because."
    assert said(never="Never: because.") == said()
    assert said(step=None, ended="diverges", reach=7) == "Never for good: the training diverges at step 7."
    assert said(step=None, ended="dies", reach=7) == (
        "Not within 1,000,000 steps: all units of a hidden layer are dead by step 7."
    )


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("learnt", "Rehearsed to step 40: every wave is learnt."),
        ("horizon", "Rehearsed to step 40, the last that was asked about."),
        ("budget", "Rehearsed to step 40: its budget ends there. Later answers stand on the kernel there."),
        ("diverges", "Rehearsed: the training diverges at step 40."),
        ("dies", "Rehearsed: all units of a hidden layer are dead by step 40."),
    ],
)
def test_every_ending_has_its_sentence(ended: Any, words: str) -> None:
    text = ending_sentence(ended, reach=40, kernels=3, steps_taken=1, drift=0.2, growth=1.5, peak=1.8)
    assert text.startswith(words)
    assert text.endswith(
        "The kernel moves by 20 %; λ₁ reaches 1.50 times its start, ηλ₁ 1.80 (3 kernels, 1 real step)."
    )


def test_a_bad_end_is_a_warning_with_its_step_and_no_other_end_is() -> None:
    (text,) = bad_end("diverges", 7, 0.5, 3.1)
    assert text.startswith("This training will diverge, at about step 7: rehearsed at the learning rate 0.500, ηλ₁")
    (dead,) = bad_end("dies", 9, 0.5, 3.1)
    assert "dead by about step 9" in dead
    assert [bad_end(ended, 1, 1.0, 1.0) for ended in ("learnt", "horizon", "budget")] == [[], [], []]


def test_a_bad_end_that_may_come_later_is_a_warning_with_its_numbers() -> None:
    (text,) = possible_end(True, 4200, 0.5, 3.67, can_die=False)
    assert text.startswith(
        "This training may diverge after step 4,200, where the rehearsal's budget ends: at the learning rate 0.500 ηλ₁ "
        "reached 3.67, and from 3 on a network"
    )
    assert f"Of {LEFT_AT_RISK} rehearsals of random trainings that left it like this, {ENDED_BADLY} came" in text
    assert "lose all units of a hidden layer" in possible_end(True, 4200, 0.5, 3.67, can_die=True)[0]
    assert possible_end(False, 4200, 0.5, 3.67, can_die=True) == []


def test_how_often_what_may_come_has_come_is_what_was_measured() -> None:
    results = json.loads((ROOT / "benchmarks/results/edge.json").read_text(encoding="utf-8"))["results"]
    rows = [row for row in results["said"] if row["configs"] == "all"]
    assert sum(row["possible"] for row in rows) == LEFT_AT_RISK
    assert sum(row["possible"] for row in rows if row["trainings"] == "bad after step 10") == ENDED_BADLY


def test_a_chosen_rate_says_why() -> None:
    most = chosen_rate(0.5, 1.0, 0.5, 1.2)
    assert most == (
        "Learning rate 0.500, 0.500 of 2/λ₁: as much as is allowed (λ₁ grows to 1.20 times its start, ηλ₁ to 1.20). "
        "This is no promise: of 30 random trainings at such a rate 28 kept ηλ₁ below 2."
    )
    assert "the largest that the rehearsal survives (λ₁ grows to 3 times" in chosen_rate(0.25, 1.0, 0.5, 3.0)
    assert "does not survive it" in chosen_rate(0.25, 1.0, 0.5, 4.0)
    assert "not rehearsed" in chosen_rate(0.5, 1.0, 0.5, None)


def test_what_is_too_large_names_what_is() -> None:
    assert "2,000 points, and a rehearsal takes 1,024" in too_large(2000, 1024, 5, 10)
    assert "50 parameters, and a rehearsal takes 10 " in too_large(20, 1024, 50, 10)


def wave(step: int | None, high: int | None) -> RehearsedWave:
    return RehearsedWave(
        step=step, step_low=1, step_high=high, first_step=step, range="calm", within_run=True, sentence=""
    )


def test_offers_are_for_all_waves_and_for_all_but_the_last() -> None:
    assert offer(1, 58_000, 52_000, 64_000, "41 s") == (
        "All waves but the last by step 58,000 (52,000 to 64,000): 41 s here"
    )
    two = steps_offers([wave(900, 990), None, wave(100, 110)], 0.01)
    assert [(one.steps, one.step) for one in two] == [(110, 100), (990, 900)]
    assert two[0].text == "All waves but the last by step 100 (1 to 110): 1.1 s here"
    assert two[1].text.startswith("All waves by step 900")
    assert [one.step for one in steps_offers([wave(100, 110), wave(120, 132)], 0.01)] == [120]
    assert steps_offers([wave(None, None), wave(7, 8), wave(None, None)], 0.01)[0].text.startswith("All waves but 2 by")
    assert steps_offers([wave(7, None)], 0.01) == []
    assert steps_offers([], 0.01) == []


def test_steps_are_rounded_up_to_two_figures() -> None:
    assert [round_up(value) for value in (7, 64, 372, 63_213, 64_000)] == [7, 64, 380, 64_000, 64_000]
