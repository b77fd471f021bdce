/** The few functions of Plotly that plot.ts calls. */
declare module "plotly.js-cartesian-dist-min" {
  export interface PlotlyPoint {
    curveNumber: number;
    /** [row, column] on a heatmap. */
    pointNumber: number | [number, number];
  }

  export interface PlotlyPointEvent {
    points: PlotlyPoint[];
    event: MouseEvent;
  }

  export interface PlotlyElement extends HTMLElement {
    layout: Record<string, { range?: [number, number] }>;
    on(event: "plotly_hover" | "plotly_click", act: (event: PlotlyPointEvent) => void): void;
    on(event: "plotly_unhover" | "plotly_doubleclick", act: () => void): void;
    on(event: "plotly_relayout", act: (change: Record<string, unknown>) => void): void;
  }

  export interface Plotly {
    newPlot(element: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
    react(element: HTMLElement, data: object[], layout: object, config: object): Promise<unknown>;
    relayout(element: HTMLElement, change: object): Promise<unknown>;
    animate(element: HTMLElement, frame: object, options: object): Promise<unknown>;
    purge(element: HTMLElement): void;
  }

  const plotly: Plotly;
  export default plotly;
}
