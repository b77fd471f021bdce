/** The play-head as it moves: scrubbing and playing end following the newest frame, and only `live()` begins it again. */
import { reachOf } from "../run/at-time";
import { advance, frameAt, nextSpeed, positionOf, spanOf, timeAt, type Span, type TimeScale } from "../run/playhead";
import type { RunState } from "../run/run";

/** With reduced motion, playing moves in visible steps, twice a second. */
const REDUCED_STEP_SECONDS = 0.5;

/** The run in view, and whether it can still grow; the stretch that is played, where it is not the whole run. */
type Source = () => { run: RunState; growing: boolean; stretch?: Span | null };

export class PlayheadState {
  /** null: follow the newest frame. */
  time = $state<number | null>(null);
  playing = $state(false);
  speed = $state(1);
  scale = $state<TimeScale>("log");
  /** At the end, play again from the start. */
  loop = $state(false);
  reducedMotion = false;
  private last = 0;
  private handle = 0;

  private readonly source: Source;

  /** @param source Reading it must track the run's version. */
  constructor(source: Source) {
    this.source = source;
  }

  readonly span: Span | null = $derived.by(() => {
    const { run, growing, stretch } = this.source();
    if (stretch !== undefined) return stretch;
    const whole = run.started && spanOf(run.started.times, growing ? undefined : run.frames.at(-1)?.time);
    return whole && { ...whole, scale: this.scale };
  });
  private readonly isMeasured: boolean = $derived.by(() => this.source().run.frames.length > 0);
  readonly newest: number = $derived.by(() => this.source().run.frames.at(-1)?.time ?? 0);
  /** How far the head may go: to the newest frame, and while more are to come to the end of what was rehearsed. */
  readonly reach: number = $derived.by(() => {
    const { run, growing } = this.source();
    return growing || !run.frames.length ? (reachOf(run) ?? 0) : this.newest;
  });
  /** Where the head stands, live or not. Before the first measurement the newest is what was rehearsed last. */
  readonly now: number = $derived(this.time === null ? (this.isMeasured ? this.newest : this.reach) : Math.min(this.time, this.reach));
  /** It stands where nothing is trained yet. */
  readonly ahead: boolean = $derived(this.now > this.newest || (!this.isMeasured && this.reach > 0));
  readonly position: number = $derived(this.span ? positionOf(this.span, this.now) : 0);
  /** How far the run has been recorded. */
  readonly loaded: number = $derived(this.span ? positionOf(this.span, this.newest) : 0);

  /** To a moment of the run. */
  jump(time: number): void {
    this.pause();
    this.time = Math.min(time, this.reach);
  }

  scrub(position: number): void {
    this.pause();
    if (this.span) this.time = Math.min(timeAt(this.span, position), this.reach);
  }

  /** One frame forward or back; of a rehearsal, one recording time. */
  step(direction: 1 | -1): void {
    const { run } = this.source();
    this.pause();
    const frames = this.isMeasured ? run.frames : (run.started?.times ?? []).filter((time) => time <= this.reach).map((time) => ({ time }));
    const frame = frames[frameAt(frames, this.now) + direction];
    if (frame) this.time = frame.time;
    else if (this.time === null) this.time = this.newest;
  }

  toggle(): void {
    if (this.playing) this.pause();
    else this.play();
  }

  play(): void {
    if (!this.span || this.playing) return;
    const atEnd = this.now >= Math.min(this.reach, this.span.last);
    if (this.time === null || atEnd) this.time = 0;
    this.playing = true;
    this.last = performance.now();
    this.handle = requestAnimationFrame(this.tick);
  }

  pause(): void {
    this.playing = false;
    cancelAnimationFrame(this.handle);
  }

  live(): void {
    this.pause();
    this.time = null;
  }

  faster(direction: 1 | -1): void {
    this.speed = nextSpeed(this.speed, direction);
  }

  private readonly tick = (now: number): void => {
    if (!this.playing) return;
    this.handle = requestAnimationFrame(this.tick);
    const seconds = (now - this.last) / 1000;
    if (!this.span || (this.reducedMotion && seconds < REDUCED_STEP_SECONDS)) return;
    this.last = now;
    // A tab that slept does not jump: at most a tenth of a second is made up for.
    const time = advance(this.span, this.now, this.reducedMotion ? REDUCED_STEP_SECONDS : Math.min(seconds, 0.1), this.speed);
    // What is measured is not left for what was rehearsed: the head waits for the next record.
    const reach = this.isMeasured && !this.ahead ? this.newest : this.reach;
    this.time = Math.min(time, reach);
    if (time < this.span.last && (time < reach || this.source().growing)) return;
    if (this.loop && this.reach > 0) this.time = 0;
    else this.pause();
  };
}
