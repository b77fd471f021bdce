import { encode } from "@msgpack/msgpack";
import { describe, expect, it } from "vitest";
import { recorded } from "../test/fixtures";
import { decodeEvent, type Frame, type Started } from "./codec";

/** The event as Python's own JSON has it: lists, null for a missing value. */
function asJson(value: unknown): unknown {
  if (value instanceof Float32Array) return [...value].map((item) => (Number.isNaN(item) ? null : item));
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object" || value === null) return value;
  if ("values" in value && "shape" in value) {
    const { shape, values } = value as { shape: [number, number]; values: Float32Array };
    return Array.from({ length: shape[0] }, (_, row) => asJson(values.slice(row * shape[1], (row + 1) * shape[1])));
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asJson(item)]));
}

describe("decodeEvent", () => {
  it.each(recorded.map((event) => [`${event.json.type} ${event.json.seq}`, event] as const))(
    "reads %s, as Python wrote it, to the same values as its JSON",
    (_, { bytes, json }) => {
      expect(asJson(decodeEvent(bytes))).toEqual(json);
    },
  );

  it("gives vectors as Float32Array, matrices with their shape, plain lists as they are", () => {
    const started = decodeEvent(recorded.find(({ json }) => json.type === "started")?.bytes ?? new Uint8Array()) as Started;
    expect(started.targets).toBeInstanceOf(Float32Array);
    expect(started.inputs.shape).toEqual([6, 1]);
    expect(started.grid_shape).toEqual([5]);
    expect(started.config.data.points.kind).toBe("interval");
  });

  it("keeps NaN as the mark of a missing value", () => {
    const remaining = { shape: [2], float32: new Uint8Array(new Float32Array([0.5, NaN]).buffer) };
    const event = decodeEvent(encode({ version: 2, type: "frame", seq: 3, remaining })) as Frame;
    expect([...event.remaining]).toEqual([0.5, NaN]);
  });

  it("reads a block that does not begin on a multiple of four bytes", () => {
    const block = { shape: [1, 2], float32: new Uint8Array(new Float32Array([1.5, -2]).buffer) };
    for (const pad of ["", "a", "ab", "abc"]) {
      const event = decodeEvent(encode({ version: 2, type: "frame", pad, inputs: block })) as unknown as Started;
      expect(event.inputs).toEqual({ shape: [1, 2], values: new Float32Array([1.5, -2]) });
    }
  });

  it("refuses an event that it does not know, in words", () => {
    for (const other of [{ version: 2, type: "surprise", seq: 1 }, 7, null]) expect(() => decodeEvent(encode(other))).toThrow(/Reload the page/);
  });

  it.each([1, 3, undefined])("refuses an event of version %s, in words", (version) => {
    expect(() => decodeEvent(encode({ version, type: "tick", seq: 0 }))).toThrow("The server sent an event that this page does not know. Reload the page.");
  });
});
