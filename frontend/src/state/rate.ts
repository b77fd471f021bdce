/** A rate that the server finds by a rehearsal: what it found belongs to the config that it was found for. */
import type { JsonObject } from "../api/json";
import type { RunConfig } from "../api/types";
import { at, put, same } from "./schema";

/** The config's path of the learning rate. */
export const RATE = "training.learning_rate";

/** The config as it was asked for, before the server put its choice in. */
export function withoutChoice(config: JsonObject): JsonObject {
  if (at(config, `${RATE}.kind`) !== "rehearsed") return config;
  return put(put(config, `${RATE}.value`, null), `${RATE}.growth`, null);
}

/** Whether two configs are the same run: the server's choice follows from the rest. */
export function sameRun(a: JsonObject, b: JsonObject): boolean {
  return same(withoutChoice(a), withoutChoice(b));
}

/** A config as the form compares it. */
export function asJson(config: RunConfig): JsonObject {
  return config as unknown as JsonObject;
}
