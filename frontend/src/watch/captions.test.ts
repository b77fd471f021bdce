import { describe, expect, it } from "vitest";
import type { Finished, KernelFrame } from "../api/codec";
import { timeAt, WHOLE_RUN_SECONDS } from "../run/playhead";
import type { RunState } from "../run/run";
import { recordings } from "../test/recordings";
import { captionAt, draftCaption, rehearsedStory, storyOf, STAYS } from "./captions";
import { watchedSpan } from "./pace";
import { ladderOf } from "./rungs";

const rehearsed = () => (recordings().find(([name]) => name === "six-frequencies.events") as [string, RunState])[1];
/** What the kernel alone says. */
const recorded = () => {
  const run = rehearsed();
  run.started!.rehearsal = null;
  return run;
};

/** The recorded run with some of its numbers changed. */
function changed(change: (run: RunState) => void): RunState {
  const run = recorded();
  change(run);
  return run;
}

/** What is said at a position of the bar. */
function teller(run: RunState, speed = 1): (position: number) => string {
  const ladder = ladderOf(run.started!);
  const span = watchedSpan(run, ladder, "log")!;
  const story = storyOf(run, ladder)!;
  return (position) => {
    const { lead, rest } = captionAt(story, span, timeAt(span, position), speed);
    return lead + rest;
  };
}
const text = (run: RunState, position: number) => teller(run)(position);
const all = (run: RunState) => {
  const tell = teller(run);
  return [...new Set(Array.from({ length: 1001 }, (_, i) => tell(i / 1000)))];
};

describe("captions of a run", () => {
  it("begin with what the target is made of, and what is predicted", () => {
    expect(text(recorded(), 0)).toBe(
      "The target is six waves added together. Nothing is learnt yet; the network's kernel says that the wave that turns once comes first, at t = 0.00578.",
    );
  });

  it("call waves that are not the whole target what they are: so much of it", () => {
    const opens = (share: number, count: number) => {
      const run = recorded();
      const { started } = run;
      started!.waves = started!.waves.map((wave, i) => ({ ...wave, amplitude: wave.frequency > 0 && i > count ? 0 : wave.amplitude, share: wave.frequency > 0 ? share / count : 0 }));
      return text(run, 0).split(" Nothing")[0];
    };
    expect(opens(0.921, 2)).toBe("Two waves make up 92.1\u2009% of the target.");
    expect(opens(0.81, 1)).toBe("One wave makes up 81.0\u2009% of the target.");
    expect(opens(0.999, 3)).toBe("The target is three waves added together.");
    expect(opens(1, 1)).toBe("The target is one wave.");
  });

  it("tell of every wave that arrives, in order, and end with all", () => {
    const told = all(recorded());
    expect(told[1]).toBe("The wave that turns once is the first to arrive, at t = 0.00579; the network's kernel said 0.00578 before the first step.");
    expect(told[2]).toMatch(/^The wave that turns twice has just arrived, at t = 0.0226; the network's kernel said 0.0224/);
    expect(told[3]).toMatch(/^The wave that turns three times has just arrived/);
    expect(told.at(-1)).toBe("All six waves are learnt: the wave that turns once at t = 0.00579, the wave that turns six times at 0.203, 35 times later.");
  });

  it("stay for a second and a half at least", () => {
    const tell = teller(recorded());
    const changes: number[] = [];
    for (let i = 1; i <= 1000; i += 1) if (tell(i / 1000) !== tell((i - 1) / 1000)) changes.push(i / 1000);
    const gaps = changes.slice(1, -1).map((at, i) => at - (changes[i] as number));
    expect(Math.min(...gaps)).toBeGreaterThan(STAYS / WHOLE_RUN_SECONDS - 2e-3);
  });

  it("tell of waves together that arrive too close", () => {
    expect(teller(recorded(), 2)(0.92)).toMatch(/^The waves that turn three times, four times and five times have just arrived, the last at t = 0.123/);
  });

  it.each([
    [2, ", at t = 0.00579, sooner than the 0.0116 that"],
    [0.5, ", at t = 0.00579, later than the 0.00289 that"],
  ])("say where a wave does not come as predicted, %s times its own time", (factor, expected) => {
    const run = changed(({ started }) => started!.waves.forEach((wave) => (wave.time = wave.time && wave.time * factor)));
    expect(all(run).join("\n")).toContain(expected);
  });

  it("say of a wave that comes though it never should", () => {
    const run = changed(({ started }) => Object.assign(started!.waves[2]!, { time: null, step: null, within_run: false }));
    expect(all(run).join("\n")).toContain("The wave that turns twice has just arrived, at t = 0.0226; the network's kernel said before the first step that it never would.");
  });

  it("say that a wave is late once a quarter more than its time is over", () => {
    const run = changed(({ frames }) => frames.forEach((frame) => (frame.wave_errors[6] = Math.max(frame.wave_errors[6] as number, 0.4))));
    expect(all(run).join("\n")).toContain("The wave that turns six times is late: the network's kernel said t = 0.206, and 60.0\u2009% of it is there.");
    expect(text(run, 1)).toBe("Five of six waves are learnt. The wave that turns six times is not there at the end: 60.0\u2009% of it is.");
  });

  it("say that the kernel has moved, from a tenth on", () => {
    const drifting = (drift: number) => changed(({ kernelFrames }) => kernelFrames.forEach((frame: KernelFrame) => (frame.drift = drift)));
    expect(all(drifting(0.12)).join("\n")).toContain("The network's kernel has moved by 12.0\u2009%, so what it said before the first step holds less and less.");
    expect(all(drifting(0.09)).join("\n")).not.toContain("moved");
  });

  it("say which wave this run does not reach, and why", () => {
    const missing = (wave: object) =>
      changed(({ started, frames }) => {
        frames.forEach((frame) => (frame.wave_errors[6] = 0.5));
        Object.assign(started!.waves[6]!, { within_run: false, ...wave });
      });
    expect(text(missing({ time: 9 }), 1)).toBe("Five of six waves are learnt. The wave that turns six times is not reached in this run: the network's kernel says t = 9.00, and training ends at 1.16.");
    expect(text(missing({ time: null, sentence: "No mode of the kernel sees it." }), 1)).toBe(
      "Five of six waves are learnt. The wave that turns six times is not reached: no mode of the kernel sees it.",
    );
  });

  it.each([
    ["diverged", "Training blew up. It broke."],
    ["dead_units", "The network died. It broke."],
    ["cancelled", "Training was stopped. It broke."],
  ])("say how a run ended that was %s", (outcome, expected) => {
    const run = changed((run) => (run.finished = { ...(run.finished as Finished), outcome: outcome as Finished["outcome"], sentence: "It broke." }));
    expect(text(run, 1)).toBe(expected);
  });
});

describe("captions of a run that was rehearsed", () => {
  /** The kernel at the start says another time of the second wave than the rehearsal. */
  const apart = (kernel: number | null, change: (run: RunState) => void = () => undefined) => {
    const run = rehearsed();
    run.started!.waves[2]!.time = kernel;
    change(run);
    return run;
  };

  it("speak of the kernel where both say the same", () => {
    expect(text(rehearsed(), 0)).toContain("the network's kernel says that the wave that turns once comes first, at t = 0.00578.");
    expect(all(rehearsed()).join("\n")).toContain("has just arrived, at t = 0.0226; the network's kernel said 0.0224 before the first step.");
  });

  it.each([
    [0.05, "at t = 0.0226; rehearsed 0.0227, where the network's kernel said 0.0500 before the first step."],
    [null, "at t = 0.0226; rehearsed 0.0227, where the network's kernel said never before the first step."],
  ])("say that a wave comes as rehearsed where the kernel said %s", (kernel, expected) => {
    expect(all(apart(kernel)).join("\n")).toContain(expected);
  });

  it("say who was wrong where a wave is late", () => {
    const late = apart(0.05, ({ frames }) => frames.forEach((frame) => (frame.wave_errors[2] = Math.max(frame.wave_errors[2] as number, 0.4))));
    expect(all(late).join("\n")).toContain("The wave that turns twice is late: the rehearsal said t = 0.0227, and 60.0\u2009% of it is there.");
  });

  it("say that a wave is not reached, in the rehearsal's words", () => {
    const missing = apart(0.0227, ({ started, frames }) => {
      frames.forEach((frame) => (frame.wave_errors[2] = 0.5));
      Object.assign(started!.rehearsal!.waves[2]!, { step: null, within_run: false, sentence: "Not within 3,000 steps." });
    });
    expect(text(missing, 1)).toBe("Five of six waves are learnt. The wave that turns twice is not reached in this run. Not within 3,000 steps.");
  });
});

describe("captions of a rehearsal", () => {
  const told = (change: (run: RunState) => void = () => undefined) => {
    const run = rehearsed();
    change(run);
    run.frames = [];
    run.kernelFrames = [];
    run.finished = null;
    const ladder = ladderOf(run.started!);
    const span = watchedSpan(run, ladder, "log")!;
    const story = rehearsedStory(run.started!, ladder);
    return (time: number) => Object.values(captionAt(story, span, time)).join("");
  };

  it("say before all that nothing is trained yet, and then what will have arrived", () => {
    const at = told();
    expect(at(0)).toBe("Rehearsed, not trained yet. The wave that turns once first, at t = 0.00578, and all six by t = 0.206.");
    expect(at(0.03)).toBe("Rehearsed, not trained yet. The wave that turns twice will have arrived by t = 0.0224.");
  });

  it("name what the kernel alone says where that is something else", () => {
    expect(told(({ started }) => (started!.waves[2]!.time = 0.05))(0.03)).toContain("by t = 0.0227; the network's kernel alone says 0.0500.");
    expect(told(({ started }) => (started!.waves[2]!.time = null))(0.03)).toContain("the network's kernel alone says never.");
  });

  it("end with what breaks the training", () => {
    const at = told(({ started }) => Object.assign(started!.rehearsal!, { ended: "diverges", sentence: "Rehearsed: the training diverges at step 40." }));
    expect(at(9)).toBe("Rehearsed, not trained yet. Rehearsed: the training diverges at step 40.");
  });
});

describe("the caption of a set-up", () => {
  const ladder = () => ladderOf(recorded().started!);

  it("says what comes first and when all is there", () => {
    const { lead, rest } = draftCaption(ladder());
    expect(lead + rest).toBe("Not trained yet. The network's kernel says: the wave that turns once first, at t = 0.00578, and all six by t = 0.206.");
  });

  it("names what this run will not reach", () => {
    const some = ladder();
    Object.assign(some.rungs[5]!, { within: false });
    expect(draftCaption(some).rest).toContain("; the wave that turns six times not in this run.");
    some.rungs.forEach((rung) => Object.assign(rung, { within: false, sentence: null }));
    expect(draftCaption(some).rest).toBe(" The network's kernel says that nothing of this target is learnt in this run.");
    some.rungs[0]!.sentence = "No step at this rate makes it smaller.";
    expect(draftCaption(some).rest).toMatch(/in this run\. No step at this rate makes it smaller\.$/);
  });
});
