import { describe, expect, it } from "vitest";
import { defaults, reader } from "../test/fixtures";
import { sections, type Row } from "./fields";
import { put } from "./schema";
import { parse, show } from "./validate";

function row(path: string, config = defaults()): Row {
  const found = sections(reader, config)
    .flatMap((section) => [...section.rows, ...section.more])
    .find((one) => one.path === path);
  if (!found) throw new Error(`no row ${path}`);
  return found;
}

describe("messages", () => {
  it.each([
    ["network.width", "-4", "Width must be at least 1; you gave −4."],
    ["network.width", "−4", "Width must be at least 1; you gave −4."],
    ["network.width", "3.5", "Width must be a whole number; you gave 3.5."],
    ["network.width", "wide", "Width must be a number; you gave wide."],
    ["network.width", "", "Width must be a number; it is empty."],
    ["network.width", "64, 0", "Width: each must be at least 1; you gave 0."],
    ["network.width", "64, 3.5", "Width: each must be a whole number; you gave 3.5."],
    ["network.width", Array(65).fill("8").join(" "), "Width must have at most 64 values; you gave 65."],
    ["network.width", "1e9", "Width must be at most 10,000,000; you gave 1000000000."],
    ["network.sigma_w", "0", "Weight scale, σ_w must be above 0; you gave 0."],
    ["network.sigma_w", "Infinity", "Weight scale, σ_w must be a number; you gave Infinity."],
    ["recording.epsilon", "1", "Learnt below, ε must be below 1; you gave 1."],
    ["data.target.frequencies", "1, 0", "Frequencies: each must be above 0; you gave 0."],
    ["data.target.frequencies", "1, x", "Frequencies: each must be a number; you gave x."],
    ["data.target.frequencies", " ", "Frequencies must have at least 1 value; you gave none."],
    ["data.target.frequencies", "1 ".repeat(65), "Frequencies must have at most 64 values; you gave 65."],
  ])("%s with %j", (path, text, message) => {
    expect(parse(row(path), text)).toEqual({ message });
  });

  it("names the server's setting where a limit is its own", () => {
    expect(parse(row("data.points.n"), "5000").message).toBe(
      "Points, n must be at most 4,096; you gave 5000. The server's setting NTKSCOPE_MAX_POINTS says so.",
    );
  });

  it("speaks of a text's length", () => {
    const config = put(defaults(), "data.target", { kind: "formula", text: "x" });
    expect(parse(row("data.target.text", config), "").message).toBe("Formula must not be empty.");
    expect(parse(row("data.target.text", config), "x".repeat(501)).message).toBe(
      "Formula must have at most 500 characters; you gave 501.",
    );
  });
});

describe("values", () => {
  it.each([
    ["network.width", "4,096", 4096],
    ["network.width", " 64 ", 64],
    ["network.width", "200, 50, 10", [200, 50, 10]],
    ["network.width", "200 50;", [200, 50]],
    ["data.noise", "1e-3", 0.001],
    ["data.points.low", "−2", -2],
    ["data.norm", "", null],
    ["data.target.frequencies", "1, 3;5 7", [1, 3, 5, 7]],
  ])("%s reads %j", (path, text, value) => {
    expect(parse(row(path), text)).toEqual({ value });
  });

  it("shows a value as it would be typed", () => {
    expect(show(row("data.target.frequencies"), [1, -2.5])).toBe("1, −2.5");
    expect(show(row("data.norm"), null)).toBe("");
    expect(show(row("network.width"), [200, 50])).toBe("200, 50");
  });
});
