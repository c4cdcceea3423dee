/** The text that a scraper reads, also where a label's value is hostile. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMetrics, labelled, single } from "../../src/web/metrics.ts";

describe("the text format", () => {
  it("has a help and a type for each metric, and a line for each sample", () => {
    const text = formatMetrics([
      single("a_total", "counter", "One\nof \\ them.", 3),
      labelled("b", "gauge", "By kind.", "kind", { 'x"y\\z\n': 1, plain: 0.5 }),
      labelled("nothing", "gauge", "Left out.", "kind", {}),
    ]);
    expect(text).toBe(
      [
        "# HELP a_total One\\nof \\\\ them.",
        "# TYPE a_total counter",
        "a_total 3",
        "# HELP b By kind.",
        "# TYPE b gauge",
        'b{kind="x\\"y\\\\z\\n"} 1',
        'b{kind="plain"} 0.5',
        "",
      ].join("\n"),
    );
  });

  it("keeps a sample on its line whatever the label says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const text = formatMetrics([labelled("m", "gauge", "H.", "l", { [value]: 1 })]);
        const line = text.split("\n")[2]!;
        expect(text.split("\n")).toHaveLength(4);
        const quoted = /^m\{l="((?:[^"\\]|\\.)*)"\} 1$/su.exec(line)![1]!;
        expect(quoted.replace(/\\(.)/gs, (_, one) => (one === "n" ? "\n" : one))).toBe(value);
      }),
    );
  });
});
