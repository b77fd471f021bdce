/** (10) The spectrum of K_0 against the modes' input-space frequency; odd and even ones apart on a circle. */
import type { Started } from "../api/codec";
import type { Group } from "../api/types";
import { withOpacity } from "../theme/mode-colour";
import { TOKENS, type Theme } from "../theme/tokens";
import { decadeAxis, layoutOf } from "./axes";
import { colourOf, describeGroup, numberOf } from "./groups";
import { tight } from "./learning-times";
import type { Chart, LegendItem, Trace, View } from "./types";
import { chartWords } from "./words";

const INTERVAL = 250;
const FADED = 0.25;

interface Placed {
  index: number;
  group: Group;
  frequency: number;
}

export const frequencyEigenvalueChart: Chart = (run, view, theme) => {
  const { started } = run;
  const placed = started ? placedGroups(started) : [];
  const flat = started?.groups.filter((group) => group.frequency === 0 && group.eigenvalue > started.noise_floor) ?? [];
  // Parity belongs to a circle: on an interval half a period counts too.
  const kinds = started?.geometry === "circle" ? [placed.filter(isOdd), placed.filter((one) => !isOdd(one))] : [placed];
  const x = tight(placed.map(({ frequency }) => frequency));
  const ticks = Array.from({ length: 12 }, (_, i) => 2 ** (i - 1)).filter((value) => Math.log10(value) >= x.range[0] && Math.log10(value) <= x.range[1]);
  return {
    data: started && placed.length ? kinds.map((kind, i) => marks(started, kind, i === 1, view, theme)) : [],
    layout: layoutOf({
      theme,
      view,
      uirevision: `${run.id}:frequency-eigenvalue`,
      x: { ...x, tickvals: ticks, ticktext: ticks.map(String), tickfont: { size: 11, color: TOKENS[theme].axis } },
      y: decadeAxis(placed.map(({ group }) => group.eigenvalue)),
      xTitle: chartWords.frequencyAxis,
      yTitle: chartWords.eigenvalueAxis,
      large: true,
      rotated: true,
      headroom: true,
    }),
    subtitle: chartWords.frequencyEigenvalueSubtitle,
    legend: kinds.length > 1 && placed.length ? legendOf(theme) : [],
    note: placed.length && flat.length ? chartWords.countFlat(flat.reduce((sum, group) => sum + group.modes.length, 0)) : null,
    empty: started ? (placed.length ? null : chartWords.noFrequencies) : chartWords.waiting,
    interval: INTERVAL,
    describe: (trace, point) => {
      const found = kinds[trace]?.[point];
      return found ? describeGroup(run, found.index) : null;
    },
  };
};

/** Groups above round-off with a frequency that a logarithmic axis can hold. */
export function placedGroups(started: Started): Placed[] {
  return started.groups.flatMap((group, index): Placed[] => {
    const { frequency, eigenvalue } = group;
    return frequency !== null && frequency > 0 && eigenvalue > started.noise_floor ? [{ index, group, frequency }] : [];
  });
}

function isOdd({ frequency }: Placed): boolean {
  return frequency % 2 === 1;
}

/** Each group in its first mode's colour: the kernel has it, whatever the target holds. */
function marks(started: Started, kind: Placed[], even: boolean, view: View, theme: Theme): Trace {
  const colour = ({ group, index }: Placed) =>
    withOpacity(colourOf(started, numberOf(group), theme), view.selected !== null && view.selected !== index ? FADED : 1);
  return {
    name: even ? chartWords.evenFrequency : chartWords.oddFrequency,
    type: "scatter",
    mode: "markers",
    x: kind.map(({ frequency }) => frequency),
    y: kind.map(({ group }) => group.eigenvalue),
    marker: {
      size: kind.map(({ index }) => (view.selected === index ? 11 : 8)),
      symbol: even ? "square-open" : "circle",
      color: kind.map(colour),
      opacity: 1,
      line: { width: even ? 1.5 : 0 },
    },
    cliponaxis: false,
    hoverinfo: "none",
  };
}

function legendOf(theme: Theme): LegendItem[] {
  const colour = TOKENS[theme].muted;
  return [
    { mark: "dot", colour, text: chartWords.oddFrequency },
    { mark: "frame", colour, text: chartWords.evenFrequency },
  ];
}
