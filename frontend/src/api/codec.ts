/** Bytes of the socket -> events. The one place of the page that knows msgpack. */
import { decode } from "@msgpack/msgpack";
import type { JsonEvents, LawName } from "./types";

/** A row-major matrix; NaN is a missing value. */
export interface Matrix {
  shape: number[];
  values: Float32Array;
}

/** Vectors become Float32Array and matrices Matrix; lists of plain numbers stay lists. */
type Decoded<T> = null extends T ? Present<Exclude<T, null>> | null : Present<T>;
type Present<T> = T extends (number | null)[][]
  ? Matrix
  : T extends number[]
    ? T
    : T extends (number | null)[]
      ? Float32Array
      : T extends (infer Item)[]
        ? Decoded<Item>[]
        : T extends object
          ? { [Key in keyof T]: Key extends "config" ? T[Key] : Decoded<T[Key]> }
          : T;

type Errors = { median_errors: Record<LawName, number | null> };
/** Python's names of a map's keys do not reach its schema: here they are given back. */
type Named<T, Maps> = Omit<T, keyof Maps> & Maps;

export type PredictedFunction = Decoded<JsonEvents["PredictedFunction"]>;
interface PredictedFunctions {
  frozen: PredictedFunction;
  rehearsed?: PredictedFunction;
  infinite?: PredictedFunction;
  ensemble?: PredictedFunction;
}
export type Predictions = Decoded<JsonEvents["Predictions"]>;
export type Started = Named<Decoded<JsonEvents["Started"]>, { laws: Record<LawName, Predictions> }>;
export type Frame = Named<Decoded<JsonEvents["Frame"]>, Errors & { predicted: PredictedFunctions }>;
export type KernelFrame = Decoded<JsonEvents["KernelFrame"]>;
export type Tick = Decoded<JsonEvents["Tick"]>;
export type Finished = Named<Decoded<JsonEvents["Finished"]>, Errors>;
export type StreamEvent = Started | Frame | KernelFrame | Tick | Finished;

/** Of the events that this page reads. The server answers in its own version, also of logs that an earlier one wrote. */
const VERSION = 2;
const KNOWN = new Set(["started", "frame", "kernel_frame", "tick", "finished"]);

/**
 * The event of one message.
 *
 * @throws Error if the bytes hold no event that this page knows: page and server are of different versions.
 */
export function decodeEvent(bytes: ArrayBuffer | Uint8Array): StreamEvent {
  const event = unpack(decode(bytes)) as StreamEvent;
  if (event?.version !== VERSION || !KNOWN.has(event.type)) {
    throw new Error("The server sent an event that this page does not know. Reload the page.");
  }
  return event;
}

/** Turns `{shape, float32}` maps into typed arrays, everything else as it is. */
function unpack(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unpack);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  const fields = value as Record<string, unknown>;
  if (fields["float32"] instanceof Uint8Array && Array.isArray(fields["shape"])) {
    const values = floats(fields["float32"]);
    const shape = fields["shape"] as number[];
    return shape.length === 1 ? values : { shape, values };
  }
  for (const key of Object.keys(fields)) fields[key] = unpack(fields[key]);
  return fields;
}

const LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/** A copy: the block may start at any byte of the message, and a view would keep the whole message alive. */
function floats(bytes: Uint8Array): Float32Array {
  const copy = bytes.slice();
  if (LITTLE_ENDIAN) return new Float32Array(copy.buffer, 0, copy.byteLength >> 2);
  const view = new DataView(copy.buffer);
  return Float32Array.from({ length: copy.byteLength >> 2 }, (_, i) => view.getFloat32(4 * i, true));
}
