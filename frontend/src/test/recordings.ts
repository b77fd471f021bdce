/** The runs that ship with the program, as the page gets them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { decodeMulti, encode } from "@msgpack/msgpack";
import { decodeEvent } from "../api/codec";
import { emptyRun, reduce, type RunState } from "../run/run";

const FOLDER = join(import.meta.dirname, "../../../backend/ntkscope/experiment/recordings");

export function recordings(): [name: string, run: RunState][] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(".events"))
    .map((name) => [name, replayed(join(FOLDER, name), name)]);
}

/** A file of stored events as the run that the page would have. */
export function replayed(file: string, id: string): RunState {
  const run = emptyRun(id);
  for (const fields of decodeMulti(readFileSync(file))) {
    const { type } = fields as { type: string };
    if (type !== "checkpoint") reduce(run, decodeEvent(encode(fields)));
  }
  return run;
}
