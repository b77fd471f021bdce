/** The server's REST interface. Every path is relative to the page, so that it works under any sub-path. */
import type { JsonSchema } from "./json";
import { Problem } from "./problem";
import type { DatasetInfo, DatasetPoints, Explanation, PastedModel, Preset, Preview, RunConfig, RunList, RunSummary, Scan, ScanRequest, ServerNow, Session, Sweep, SweepList, SweepRequest, TableReading, Unreadable } from "./types";

/** Where an API path lies, seen from the page. */
export function apiUrl(path: string): URL {
  return new URL(`api/${path}`, document.baseURI);
}

async function request<Answer>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer> {
  const response = await send(method, path, body, signal);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const init: RequestInit = { method, headers: { accept: "application/json" } };
  if (signal) init.signal = signal;
  if (body instanceof Blob) {
    init.headers = { ...init.headers, "content-type": "text/csv" };
    init.body = body;
  }
  else if (body !== undefined) {
    init.headers = { ...init.headers, "content-type": "application/json" };
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(apiUrl(path), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Problem.silence();
  }
  if (!response.ok) throw await Problem.from(response);
  return response;
}

/** How a table is read: fields of `data.points`. */
export type TableChoices = Partial<Pick<DatasetPoints, "x" | "y" | "separator" | "decimal" | "missing">>;

function queryOf({ x = [], ...others }: TableChoices): URLSearchParams {
  return new URLSearchParams([...x.map((name) => ["x", name]), ...Object.entries(others)] as [string, string][]);
}

export const api = {
  session: () => request<Session>("GET", "session"),
  server: () => request<ServerNow>("GET", "server"),
  schema: () => request<JsonSchema>("GET", "schema"),
  presets: () => request<Preset[]>("GET", "presets"),
  explain: (config: RunConfig, signal: AbortSignal) => request<Explanation>("POST", "explain", config, signal),
  preview: (config: RunConfig, signal: AbortSignal) => request<Preview>("POST", "preview", config, signal),
  scan: (asked: ScanRequest, signal: AbortSignal) => request<Scan>("POST", "scan", asked, signal),
  /** The event with which this run would begin, as bytes; null where nothing is rehearsed. */
  started: async (config: RunConfig, signal: AbortSignal) => {
    const response = await send("POST", "preview/started", config, signal);
    return response.status === 204 ? null : await response.arrayBuffer();
  },
  runs: (limit: number, offset: number) => request<RunList>("GET", `runs?limit=${limit}&offset=${offset}`),
  run: (id: string) => request<RunSummary>("GET", `runs/${id}`),
  create: (config: RunConfig, name: string) => request<RunSummary>("POST", "runs", { config, name }),
  change: (id: string, patch: { name?: string; tags?: string[] }) => request<RunSummary>("PATCH", `runs/${id}`, patch),
  remove: (id: string) => request<unknown>("DELETE", `runs/${id}`),
  restore: (id: string) => request<RunSummary | Unreadable>("POST", `runs/${id}/restore`),
  pause: (id: string) => request<RunSummary>("POST", `runs/${id}/pause`),
  resume: (id: string) => request<RunSummary>("POST", `runs/${id}/resume`),
  cancel: (id: string) => request<RunSummary>("POST", `runs/${id}/cancel`),
  extend: (id: string, steps: number) => request<RunSummary>("POST", `runs/${id}/extend`, { steps }),
  sweeps: (limit: number, offset: number) => request<SweepList>("GET", `sweeps?limit=${limit}&offset=${offset}`),
  sweep: (id: string) => request<Sweep>("GET", `sweeps/${id}`),
  createSweep: (sweep: SweepRequest) => request<Sweep>("POST", "sweeps", sweep),
  cancelSweep: (id: string) => request<Sweep>("POST", `sweeps/${id}/cancel`),
  resumeSweep: (id: string) => request<Sweep>("POST", `sweeps/${id}/resume`),
  removeSweep: (id: string) => request<unknown>("DELETE", `sweeps/${id}`),
  pytorch: async (id: string) => (await send("GET", `runs/${id}/pytorch.py`)).text(),
  readModel: (text: string) => request<PastedModel>("POST", "models", { text }),
  dataset: (sha256: string) => request<DatasetInfo>("GET", `datasets/${sha256}`),
  readTable: (table: Blob, choices: TableChoices) => request<TableReading>("POST", `datasets/read?${queryOf(choices)}`, table),
  readDataset: (sha256: string, choices: TableChoices) => request<TableReading>("GET", `datasets/${sha256}/read?${queryOf(choices)}`),
  upload: (table: Blob, name: string, choices: TableChoices) =>
    request<DatasetInfo>("POST", `datasets?name=${encodeURIComponent(name.slice(0, 120))}&${queryOf(choices)}`, table),
};
