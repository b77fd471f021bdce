/** What the server says, as `fixtures/make.py` wrote it. */
import type { JsonObject, JsonSchema } from "../api/json";
import type { Preset } from "../api/types";
import { SchemaReader } from "../state/schema";
import events from "./fixtures/events.json";
import presetsJson from "./fixtures/presets.json";
import schemaJson from "./fixtures/schema.json";

export const schema = schemaJson as unknown as JsonSchema;
export const reader = new SchemaReader(schema);
export const presets = presetsJson as unknown as Preset[];
export const defaults = () => reader.defaults(schema) as JsonObject;

/** A tiny run: each event's bytes on the wire and its JSON. */
export const recorded = events.map(({ base64, json }) => ({
  bytes: Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)),
  json: json as Record<string, unknown> & { type: string; seq: number },
}));
