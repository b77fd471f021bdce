/** What Watch draws, for its twins in words: the large chart's curves, and the ladder's rows. */
import type { Told } from "../charts/parts/twin";
import { number, percent } from "../format";
import type { Target } from "./glyph";
import { rungLine } from "./rung-line";
import type { Progress, Rung } from "./rungs";
import { watchWords as words } from "./words";

type Curve = ArrayLike<number | null> | null;

/** @param described The chart in a sentence. */
export function toldFunction(target: Target, curves: { network: Curve; rehearsed: Curve }, described: string): Told {
  const { round, grid, gridTarget } = target;
  const x = Array.from(grid);
  const drawn = [
    [words.target, gridTarget],
    [words.network, curves.network],
    [words.rehearsed, curves.rehearsed],
  ] as const;
  return {
    data: [{ name: words.chart, type: "scatter", x, y: x, hoverinfo: "none" }],
    describe: (_trace, point) => ({
      title: words.chart,
      rows: [[round ? words.angle : words.x, number(x[point], 4)], ...drawn.flatMap(([name, values]): [string, string][] => (values ? [[name, number(values[point], 4)]] : []))],
      group: null,
    }),
    subtitle: described.replace(/\.$/, ""),
    note: null,
    empty: null,
  };
}

export interface ToldLadder {
  rungs: readonly Rung[];
  progress: readonly Progress[];
  /** Nothing of it is trained where the play-head stands. */
  draft: boolean;
  end: number;
  /** How many are learnt, in a sentence. */
  share: string;
}

export function toldLadder({ rungs, progress, draft, end, share }: ToldLadder): Told {
  const places = rungs.map((_, i) => i);
  return {
    data: [{ name: words.ladder.waves, type: "bar", x: places, y: places, hoverinfo: "none" }],
    describe: (_trace, point) => {
      const [rung, now] = [rungs[point], progress[point]];
      if (!rung) return null;
      const { left, right } = rungLine(rung, now, draft, end, false);
      const rows: [string, string][] = [
        [draft ? words.rehearsed : words.network, percent(now?.has)],
        [words.byNow, percent(now?.predicted)],
        [words.when, [left, right].filter(Boolean).join(", ")],
      ];
      return { title: rung.name, rows, group: null };
    },
    subtitle: share.replace(/\.$/, ""),
    note: null,
    empty: null,
  };
}
