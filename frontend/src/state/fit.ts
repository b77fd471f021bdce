/** Fields that go with one another: what a chosen value asks of those beside it, so that no choice leads to a refusal. */
import type { Json, JsonObject } from "../api/json";
import { at, put } from "./schema";

/** The config in which the field of this path has just been chosen, with the fields that go with it. */
export function fitted(config: JsonObject, path: string): JsonObject {
  const [width, depth] = [at(config, "network.width"), at(config, "network.depth")];
  switch (path) {
    case "network.width":
      return Array.isArray(width) ? withWidths(config, width) : config;
    case "network.depth":
      return Array.isArray(width) && typeof depth === "number" ? withWidths(config, resized(width, depth)) : config;
    case "network.initialization":
      return at(config, path) === "normal" ? config : put(config, "network.parameterization", "standard");
    case "network.parameterization":
      return at(config, path) === "standard" ? config : put(config, "network.initialization", "normal");
    default:
      return config;
  }
}

/** A list says the depth; one of equal widths is that number. */
function withWidths(config: JsonObject, widths: Json[]): JsonObject {
  const one = widths.every((width) => width === widths[0]) ? (widths[0] ?? 1) : widths;
  return put(put(config, "network.width", one), "network.depth", widths.length);
}

/** Fewer layers: the first of them. More: the last one again. */
function resized(widths: Json[], depth: number): Json[] {
  return Array.from({ length: depth }, (_, layer) => widths[Math.min(layer, widths.length - 1)] ?? 1);
}
