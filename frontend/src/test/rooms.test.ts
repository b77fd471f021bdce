// @vitest-environment node
/** The page's rooms, bottom first: what each may import, and that nothing imports in a circle. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "..");
const BOTTOM = ["api", "format", "theme", "words", "words-server", "words-sweep"];
const ROOMS: Record<string, string[]> = {
  api: [],
  theme: [],
  format: [],
  words: ["format"],
  "words-server": ["api", "format"],
  "words-sweep": ["api", "format", "words"],
  run: ["api"],
  "charts/parts": [...BOTTOM, "run"],
  charts: [...BOTTOM, "run", "charts/parts"],
  watch: [...BOTTOM, "run", "charts/parts"],
  draw: ["format"],
  state: [...BOTTOM, "run", "charts/parts", "watch", "draw"],
  "panels/common": BOTTOM,
  "panels/draw": [...BOTTOM, "draw", "watch", "state", "panels/common"],
  "panels/form": [...BOTTOM, "run", "state", "panels/common", "panels/draw", "panels/table"],
  "panels/table": [...BOTTOM, "state", "panels/common"],
  "panels/header": [...BOTTOM, "run", "state", "panels/common"],
  "panels/sweep": [...BOTTOM, "run", "state", "panels/common", "panels/header"],
  "panels/scan": [...BOTTOM, "state", "panels/common"],
  "panels/play": [...BOTTOM, "run", "state", "panels/common"],
  "panels/watch": [...BOTTOM, "run", "charts/parts", "watch", "state", "panels/common", "panels/play", "panels/header"],
  panels: [...BOTTOM, "run", "state", "panels/common", "panels/play"],
  cards: [...BOTTOM, "run", "charts", "charts/parts", "panels/common"],
  pages: [...BOTTOM, "run", "state", "charts", "cards", "watch", "panels", "panels/common", "panels/form", "panels/header", "panels/sweep", "panels/scan", "panels/watch", "panels/play", "panels/draw", "panels/table"],
  App: ["words", "state", "panels", "panels/common", "pages"],
  main: ["theme", "App"],
};

const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((file) => /(?<!\.test|\.d)\.(ts|svelte)$/.test(file) && !file.startsWith("test/"));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

function importsOf(file: string): string[] {
  const found = readFileSync(join(SOURCE, file), "utf8").matchAll(/(?:from|import)\s*\(?(["'])(\.[^"']+)\1/g);
  const paths = Array.from(found, ([, , path]) => relative(SOURCE, join(SOURCE, dirname(file), path as string)));
  return paths.filter((path) => !path.endsWith(".css")).map((path) => (existsSync(join(SOURCE, `${path}.ts`)) ? `${path}.ts` : path));
}

/** Its folder; a file at the top is a room of its own. */
function roomOf(file: string): string {
  return dirname(file) === "." ? file.replace(/\.(ts|svelte)$/, "") : dirname(file);
}

it("has a place for every file, and knows where each import leads", () => {
  expect(new Set(files.map(roomOf))).toEqual(new Set(Object.keys(ROOMS)));
  expect([...imports.values()].flat().filter((file) => !imports.has(file))).toEqual([]);
});

it("imports only from rooms that lie below", () => {
  const upward = files.flatMap((file) => imports.get(file)?.filter((other) => roomOf(other) !== roomOf(file) && !ROOMS[roomOf(file)]?.includes(roomOf(other))).map((other) => `${file} -> ${other}`) ?? []);
  expect(upward).toEqual([]);
});

it.each([
  ["files", imports],
  ["rooms", new Map(Object.entries(ROOMS))],
])("has no circle of %s", (_name, graph: Map<string, string[]>) => {
  const done = new Set<string>();
  const visit = (one: string, above: string[]): void => {
    expect(above, [...above, one].join(" -> ")).not.toContain(one);
    if (!done.has(one)) for (const other of graph.get(one) ?? []) visit(other, [...above, one]);
    done.add(one);
  };
  for (const one of graph.keys()) visit(one, []);
});
