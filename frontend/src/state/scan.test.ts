import { flushSync } from "svelte";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Scan, ScanRequest } from "../api/types";
import { presets, schema } from "../test/fixtures";
import { FormState } from "./form.svelte";
import { ScanState } from "./scan.svelte";
import { baseOf, readValues, scanFields } from "./scan-fields";
import { at } from "./schema";

afterEach(() => vi.unstubAllGlobals());

/** Answers every question so, one after another. */
function answering(...answers: Partial<Scan>[]): ScanRequest[] {
  const asked: ScanRequest[] = [];
  vi.stubGlobal("fetch", async (_url: URL, init: RequestInit) => {
    asked.push(JSON.parse(String(init.body)) as ScanRequest);
    const scan = { status: "ready", field: "", total: 2, part: 1, answers: [], sentence: null, ...answers[Math.min(asked.length, answers.length) - 1] };
    return new Response(JSON.stringify(scan), { status: 200, headers: { "content-type": "application/json" } });
  });
  return asked;
}

describe("what a scan offers", () => {
  it("has what people ask about first, with the set-up's own value among the values", () => {
    const form = new FormState(schema, presets);
    form.choose("network.width", 100);
    const { often, others } = scanFields(form);
    expect(often.map(({ path }) => path)).toEqual([
      "network.width", "network.sigma_w", "network.encoding.spread", "network.encoding.octaves", "training.learning_rate.fraction", "network.depth", "network.activation",
    ]);
    expect(often[0]?.values).toEqual([16, 64, 100, 256, 1024]);
    expect(others.find(({ path }) => path === "data.points.n")?.values.length).toBeGreaterThan(3);
    expect(others.find(({ path }) => path === "network.bias")?.values).toEqual([false, true]);
  });

  it("changes the encoding and the rate where the field is not there without", () => {
    const form = new FormState(schema, presets);
    const { often } = scanFields(form);
    const [spread, rate] = ["network.encoding.spread", "training.learning_rate.fraction"].map((path) => often.find((field) => field.path === path));
    if (!spread || !rate) throw new Error("not offered");
    expect(at(baseOf(form.config, spread), "network.encoding")).toMatchObject({ kind: "fourier", rows: 32 });
    expect(at(baseOf(form.config, rate), "training.learning_rate")).toEqual({ kind: "auto", fraction: 0.5 });
  });
});

describe("values as they are typed", () => {
  it("are numbers, switches or words", () => {
    expect(readValues("16, 6.5e1; −2 relu true")).toEqual({ values: [16, 65, -2, "relu", true] });
  });
  it.each([["", "there is none"], ["1, 1", "you gave 1 again"], [Array.from({ length: 33 }, (_, i) => i).join(), "you gave 33"]])("are refused: %s", (text, said) => {
    expect(readValues(text).message).toContain(said);
  });
});

describe("a scan", () => {
  it("asks until it is ready, and takes a value with what its field needs", async () => {
    const asked = answering({ status: "running", part: 0.5 }, { status: "ready" });
    const form = new FormState(schema, presets);
    const scan = new ScanState(form);
    scan.choose("network.encoding.spread");
    scan.text = "2, 8";
    scan.ask();
    expect(scan.busy).toBe(true);
    await vi.waitFor(() => expect(scan.busy).toBe(false), 5000);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ field: "network.encoding.spread", values: [2, 8], config: { network: { encoding: { kind: "fourier" } } } });
    expect(scan.present).toBeNull();

    scan.take(8);
    flushSync();
    expect(at(form.config, "network.encoding")).toMatchObject({ kind: "fourier", spread: 8 });
    expect(scan.present).toBe(8);
    expect(scan.stale).toBe(false);
    form.choose("network.depth", 2);
    expect(scan.stale).toBe(true);
  });

  it("is no longer asked about once it is stopped", async () => {
    const asked = answering({ status: "running", part: 0.5 });
    const scan = new ScanState(new FormState(schema, presets));
    scan.ask();
    await vi.waitFor(() => expect(scan.answer?.part).toBe(0.5), 5000);
    scan.stop();
    const before = asked.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(asked).toHaveLength(before);
    expect(scan.busy).toBe(false);
  });

  it("is about a field or the first below a path, and keeps the values of the one that it has", () => {
    const scan = new ScanState(new FormState(schema, presets));
    scan.text = "3, 5";
    scan.about("network.width");
    expect([scan.path, scan.text]).toEqual(["network.width", "3, 5"]);
    scan.about("training.learning_rate");
    expect([scan.path, scan.text]).toEqual(["training.learning_rate.fraction", "0.05, 0.1, 0.25, 0.5, 0.75, 0.95, 1.2"]);
    scan.about("network.nothing");
    expect(scan.path).toBe("training.learning_rate.fraction");
  });
});
