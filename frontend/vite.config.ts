import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { compress } from "./compress.ts";

const server = "http://127.0.0.1:8000";

export default defineConfig({
  // Relative: the same build works under any sub-path behind a proxy.
  base: "./",
  plugins: [svelte(), compress()],
  build: {
    outDir: "../backend/ntkscope/static",
    emptyOutDir: true,
    // Plotly alone is above the default warning; it is imported lazily.
    chunkSizeWarningLimit: 2000,
  },
  server: {
    proxy: { "/api": { target: server, ws: true } },
  },
  // In tests Svelte must resolve to its browser build, or components cannot be mounted.
  resolve: process.env["VITEST"] ? { conditions: ["browser"] } : {},
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    restoreMocks: true,
    // Files share one environment, in a quarter of the time: each undoes what it has stubbed.
    isolate: false,
    pool: "threads",
    // Ends a test that hangs; other checks use the processors at the same time.
    testTimeout: 60_000,
  },
});
