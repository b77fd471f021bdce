/** What Watch shows: the run in view, or the set-up before it is trained. */
import type { Started } from "../api/codec";
import type { Preview } from "../api/types";
import { functionRange } from "../charts/parts/function-range";
import { rehearsedFunction } from "../charts/parts/rehearsed";
import { column, extent } from "../charts/parts/values";
import { frameAt, type Span, type TimeScale } from "../run/playhead";
import type { RunState } from "../run/run";
import { DEFAULT_VIEW } from "../run/view";
import { captionAt, draftCaption, rehearsedStory, storyOf, type Caption } from "../watch/captions";
import { sketch } from "../charts/parts/eigenvector";
import { phaseOf, type Glyph, type Target } from "../watch/glyph";
import { draftSpan, watchedSpan } from "../watch/pace";
import { watchWords as words } from "../watch/words";
import { aheadAt, ladderOf, learntTime, modeRungs, previewLadder, progressAt, UNBEGUN, type Ladder, type Progress, type Rung } from "../watch/rungs";

/** What others hold. */
export interface WatchSource {
  /** The run in view, or the set-up as it would begin where that is rehearsed. */
  run: RunState;
  /** It is rehearsed: nothing of it is trained. */
  rehearsed: boolean;
  /** The set-up is not the run in view's, or that has nothing to show yet. */
  draft: boolean;
  /** The set-up is not the run in view's: nobody has trained it. */
  untrained: boolean;
  preview: Preview | null;
  scale: TimeScale;
}

/** A place to jump to. */
interface Jump {
  name: string;
  time: number;
}

const EMPTY: Ladder = { rungs: [], left: 0, share: 0 };
/** Of the target's height: above and below it. */
const ROOM = 0.07;

export class WatchState {
  private readonly source: () => WatchSource;
  private readonly head: () => { now: number; speed: number; ahead: boolean };

  /** @param source Reading it must track the run's version. */
  constructor(source: () => WatchSource, head: () => { now: number; speed: number; ahead: boolean }) {
    this.source = source;
    this.head = head;
  }

  readonly untrained: boolean = $derived.by(() => this.source().untrained);
  readonly draft: boolean = $derived.by(() => this.source().draft);
  readonly rehearsed: boolean = $derived.by(() => this.source().rehearsed);
  private readonly started: Started | null = $derived.by(() => (this.draft && !this.rehearsed ? null : this.source().run.started));
  /** The play-head stands where nothing is trained yet: what is shown was rehearsed. */
  readonly ahead: boolean = $derived.by(() => this.started !== null && this.head().ahead);
  readonly ladder: Ladder = $derived.by(() => {
    if (this.started) return ladderOf(this.started);
    const spectrum = this.source().preview?.spectrum;
    return spectrum ? previewLadder(spectrum) : EMPTY;
  });
  readonly span: Span | null = $derived.by(() => {
    const { run, preview, scale } = this.source();
    if (this.started) return watchedSpan(run, this.ladder, scale);
    return preview?.spectrum ? draftSpan(this.ladder, preview.spectrum.end_time, scale) : null;
  });
  readonly target: Target | null = $derived.by(() => (this.started ? targetOf(this.started) : previewTarget(this.source().preview)));
  /** The frame at the play-head; -1 before there is one. */
  private readonly at: number = $derived.by(() => {
    const { run } = this.source();
    return this.started && run.frames.length ? frameAt(run.frames, this.head().now) : -1;
  });
  /** f on the grid, at the play-head. */
  readonly network: Float32Array | null = $derived.by(() => (this.ahead ? null : (this.source().run.frames[this.at]?.function ?? this.started?.grid_start ?? null)));
  /** The same as rehearsed, where that goes on as far. */
  readonly foretold: Float32Array | null = $derived.by(() => {
    const { started, now } = this;
    const last = started?.rehearsal?.course.nodes.at(-1) ?? 0;
    return started && now <= last * started.learning_rate ? rehearsedFunction(started, now) : null;
  });
  readonly range: [number, number] = $derived.by(() => {
    const { run } = this.source();
    if (this.started) return functionRange(run, this.started, { ...DEFAULT_VIEW, time: this.head().now });
    const [low, high] = (this.target && extent(numbers(this.target.targets), this.target.gridTarget && numbers(this.target.gridTarget))) ?? [-1, 1];
    const room = ROOM * (high - low || 2);
    return [low - room, high + room];
  });
  readonly progress: Progress[] = $derived.by(() => {
    const { run } = this.source();
    const { started } = this;
    return this.ladder.rungs.map((rung) => (started && this.ahead ? aheadAt(started, rung, this.now) : this.at < 0 ? UNBEGUN : progressAt(run, rung, this.at)));
  });
  /** A drawing for each rung; none of a mode before training. */
  readonly glyphs: (Glyph | undefined)[] = $derived.by(() =>
    this.ladder.rungs.map((rung): Glyph | undefined => {
      if (rung.frequency !== null) return { kind: "wave", frequency: rung.frequency, phase: this.target ? phaseOf(this.target, rung.frequency) : 0 };
      const group = this.started?.groups[rung.index];
      if (!this.started || !group) return undefined;
      const { paths, dots } = sketch(this.started, group, 132, 54);
      return { kind: "mode", paths, dots };
    }),
  );
  /** Of the run, as far as the play-head lies in what is watched. */
  readonly now: number = $derived.by(() => (this.ahead ? this.head().now : (this.source().run.frames[this.at]?.time ?? 0)));
  /** How many are learnt, in a sentence. */
  readonly share: string = $derived.by(() => {
    const learnt = this.progress.filter(({ learnt }) => learnt !== null).length;
    return words.learntOf(learnt, this.progress.length, this.ladder.rungs[0]?.kind === "group" ? "modes" : "waves");
  });
  /** The large chart in one sentence. */
  readonly described: string = $derived.by(() => (this.started ? (this.ahead ? words.describedAhead : words.described)(this.now, this.share) : words.describedDraft));
  /** There is nothing of one input to draw as a curve. */
  readonly isSpread: boolean = $derived.by(() => this.started !== null && this.target === null);
  readonly step: number | null = $derived.by(() =>
    this.ahead ? Math.round(this.now / (this.started?.learning_rate ?? 1)) : (this.source().run.frames[this.at]?.step ?? null),
  );
  private readonly story = $derived.by(() => {
    if (!this.started) return null;
    return this.ahead ? rehearsedStory(this.started, this.ladder) : storyOf(this.source().run, this.ladder);
  });
  readonly caption: Caption | null = $derived.by(() => {
    if (!this.started) return this.untrained && this.ladder.rungs.length ? draftCaption(this.ladder) : null;
    const { now, speed } = this.head();
    return this.story && captionAt(this.story, this.span, now, speed);
  });
  /** When each rung is learnt, at the first record that says so: the places to jump to. */
  readonly moments: Jump[] = $derived.by(() => this.momentsOf(this.ladder.rungs));
  /** The same of every mode, where the rungs are waves. */
  readonly modes: Jump[] = $derived.by(() => (this.started && this.ladder.rungs[0]?.kind === "wave" ? this.momentsOf(modeRungs(this.started)) : []));

  private momentsOf(rungs: readonly Rung[]): Jump[] {
    const { run } = this.source();
    if (!this.started) return [];
    if (this.rehearsed) return rungs.flatMap(({ name, due, within }) => (within && due ? [{ name, time: due }] : []));
    return rungs.flatMap((rung) => {
      const learnt = learntTime(run, rung);
      const frame = learnt === null ? undefined : run.frames.find(({ time }) => time >= learnt);
      return frame ? [{ name: rung.name, time: frame.time }] : [];
    });
  }
}

/** null for more than one input: it has no curve. */
function targetOf(started: Started): Target | null {
  if (started.geometry !== "interval" && started.geometry !== "circle") return null;
  return {
    round: started.geometry === "circle",
    inputs: column(started.inputs, 0),
    targets: started.targets,
    grid: column(started.grid, 0),
    gridTarget: started.grid_target,
  };
}

function previewTarget(preview: Preview | null): Target | null {
  const target = preview?.target;
  if (!target) return null;
  return { round: target.geometry === "circle", inputs: target.inputs, targets: target.targets, grid: target.grid, gridTarget: target.grid_target };
}

function numbers(values: ArrayLike<number | null>): number[] {
  return Array.from(values, (value) => value ?? NaN);
}
