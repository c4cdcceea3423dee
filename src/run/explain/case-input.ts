/** A line of a rule file's case: the case runs as `telltale rules test` runs it, and this line is explained. */
import { readFileSync } from "node:fs";
import { isScalar, LineCounter, parseDocument } from "yaml";
import { TelltaleError } from "../../error.ts";
import type { CasedRule } from "../../rule/compiled.ts";
import { caseSteps } from "../rehearse.ts";
import type { Input, Place, Step } from "./input.ts";

/** Steps of the case of `rule` that holds the lines of a place in its file. */
export function caseInput({ path, from, to }: Place, rule: CasedRule): Input {
  const lineOf = linesOf(readFileSync(path, "utf8"));
  for (const [i, test] of rule.tests.entries()) {
    const steps = [...caseSteps(test)].map((one): Step => {
      if (!("frame" in one)) return one;
      const line = lineOf(i, one.step, one.row);
      return { frame: { ...one.frame, line }, explained: line >= from && line <= to };
    });
    if (!steps.some((step) => "frame" in step && step.explained)) continue;
    return {
      policy: { year: null, anchor: null, latest: null },
      file: null,
      notes: [`case "${test.name}", played as \`telltale rules test\` plays it`],
      async read(accept) {
        for (const step of steps) accept(step);
      },
    };
  }
  throw new TelltaleError(
    "NO_INPUT",
    `line ${from} of ${path} is no log line of a case`,
    "Name a line that stands under `lines:` in `tests:`.",
  );
}

/** Where a row of a step's lines stands in the file: those of a `|` below it, any other text where it begins. */
function linesOf(source: string): (test: number, step: number, row: number) => number {
  const counter = new LineCounter();
  const document = parseDocument(source, { lineCounter: counter, merge: false });
  return (test, step, row) => {
    const node = document.getIn(["tests", test, "steps", step, "lines"], true);
    const start = isScalar(node) ? (node.range?.[0] ?? 0) : 0;
    const { line } = counter.linePos(start);
    return source[start] === "|" ? line + 1 + row : line;
  };
}
