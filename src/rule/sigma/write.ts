/** A native rule -> the text of its file: in the order of rules/_template, with where it came from on top. */
import { Document, isMap, isScalar, isSeq, type Node, visit } from "yaml";
import type { Draft } from "./draft.ts";
import type { Step } from "./sample.ts";

/** A case at the foot of a rule. */
export interface CaseText {
  name: string;
  steps: Step[];
  expect: Record<string, unknown>[];
}

/** Longest collection that is written on one line. */
const ONE_LINE = 90;
/** Places that read better over several lines. */
const TALL = new Set([
  "signals",
  "correlations",
  "verdicts",
  "tests",
  "steps",
  "expect",
  "falsepositives",
  "references",
  "origin",
]);

/** The text of the rule's file; without cases it says what is missing. */
export function writeRule(draft: Draft, cases: CaseText[]): string {
  const document = new Document({ ...draft.rule, tests: cases }, { aliasDuplicateObjects: false });
  visit(document, {
    Collection(key, node, path) {
      if (key === null || path.length < 2) return;
      const pair = path.at(-1) as { key?: unknown } | undefined;
      const name = isScalar(pair?.key) ? String(pair.key.value) : "";
      if (!TALL.has(name) && isFlat(node)) node.flow = true;
    },
  });
  const header = draft.comment.map((line) => `# ${line}`.trimEnd()).join("\n");
  const body = document.toString({ lineWidth: 0, flowCollectionPadding: true, singleQuote: null });
  return `${header}\n${cases.length > 0 ? body : body.replace(/^tests: \[\]$/m, NO_CASE)}`;
}

const NO_CASE =
  "# Add a case with a line that must fire, as in rules/_template/example-signal.yaml, and take the _ from the file's name.\ntests: []";

function isFlat(node: Node): boolean {
  if (!isMap(node) && !isSeq(node)) return false;
  const text = JSON.stringify(node.toJSON());
  return text.length <= ONE_LINE && !text.includes("\\n");
}

/** The text of advisory.yaml for rules that no advisory stands behind. */
export function writeAdvisory(id: string, published: string): string {
  const document = new Document({
    id,
    title: "Rules imported from Sigma",
    summary:
      "Detections that others wrote in Sigma, for the syslog of Cisco devices. They tell that something happened, not that a release is affected.",
    cves: [],
    published,
    revision: "1.0",
    references: ["https://sigmahq.io/docs/basics/rules.html"],
    falsepositives: ["An administrator who does the same on purpose."],
    runbook: {
      recover: [
        {
          id: "find-who",
          do: "Find out who did this on {device} and whether it was meant: ask the people on duty, and read the log around it.",
          why: "Most of these rules see what an administrator may do as well as an intruder.",
          source: "telltale",
        },
      ],
    },
  });
  const header =
    "# Imported rules stand under an advisory of their own, which is about no release. Write here what your people shall do.\n";
  return header + document.toString({ lineWidth: 0 });
}
