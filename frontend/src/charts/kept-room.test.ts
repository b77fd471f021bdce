/** While the play-head moves no words of a card change their room: what stands beside them would move. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { timeAt } from "../run/playhead";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW, type View } from "../run/view";
import { furtherFixture } from "../test/further-fixture";
import { replayed } from "../test/recordings";
import { runFixture } from "../test/run-fixture";
import { CHARTS } from "./further";
import type { Figure } from "./parts/figure";

const recorded = (name: string) => replayed(join(import.meta.dirname, "../../../tests/pinned", `${name}.sent`), name);
const close = runFixture();
close.frames[3]!.predicted.frozen.distance = 1e-5;
const RUNS: Record<string, RunState> = {
  interval: recorded("interval"),
  circle: recorded("circle"),
  plane: recorded("plane"),
  "one that comes very near": close,
  "one that learns too much": runFixture({ excursion: 5 }),
  "one that is rehearsed on": { ...furtherFixture({ frames: 20, rehearsed: 60 }), tick: { step: 20 } as RunState["tick"] },
};
const ALL: View = { ...DEFAULT_VIEW, predictions: ["frozen", "rehearsed", "moving", "infinite", "ensemble"] };

/** Of a run's time: each record, and places between. */
function times({ started, frames }: RunState): number[] {
  const all = started?.times ?? [];
  const span = { first: all.find((time) => time > 0) ?? 1, last: started?.rehearsal ? (all.at(-1) ?? 1) : (frames.at(-1)?.time ?? 1) };
  return [...all.filter((time) => time <= span.last), ...Array.from({ length: 40 }, (_, i) => timeAt(span, i / 39))];
}

/** Its words, each with those whose room it has. */
function words({ subtitle, widest, legend, note, widestNote }: Figure): [text: string, room: string][] {
  return [{ text: subtitle, widest }, ...legend, { text: note ?? "", widest: widestNote }].map((one) => [one.text, one.widest ?? one.text]);
}

it.each(Object.entries(RUNS).flatMap(([name, run]) => CHARTS.map((chart) => [name, chart.id, run, chart] as const)))("%s, %s", (_name, _id, run, chart) => {
  const said = times(run).map((time) => words(chart.figure(run, { ...ALL, time }, "light")));
  const rooms = new Set(said.map((all) => all.map(([, room]) => room).join("\n")));
  expect([...rooms]).toHaveLength(1);
  for (const [text, room] of said.flat()) expect(text.length, `"${text}" in the room of "${room}"`).toBeLessThanOrEqual(room.length);
});
