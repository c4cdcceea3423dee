/** Which edits of a rule file leave what was judged so far in force: texts and cases do, everything else does not. */
import { digest } from "./digest.ts";

/** Parts of a rule that judgement does not read. */
const TEXTS = new Set(["title", "status", "description", "falsepositives", "references", "origin", "tests"]);
/** Parts of a verdict and of a caveat that only show when an alert is printed. */
const SHOWN: Record<string, Set<string>> = {
  verdicts: new Set(["title", "runbook"]),
  caveats: new Set(["text"]),
};

/** Parts of a fleet that only show when an alert is printed. */
const FLEET = new Set(["title", "falsepositives", "runbook"]);

/** Digest of a rule file without its texts, cases and comments; `written` is the file as it is written, before defaults,
 * so that a later Telltale that knows more fields gives the same. */
export function stateVersion(written: object): string {
  const judged = Object.entries(written)
    .filter(([key]) => !TEXTS.has(key))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, judgedPart(key, value)]);
  return digest(JSON.stringify(judged));
}

function judgedPart(key: string, value: unknown): unknown {
  if (key === "fleet") return without(FLEET)(value);
  return Array.isArray(value) && SHOWN[key] ? value.map(without(SHOWN[key])) : value;
}

function without(names: Set<string>): (value: unknown) => unknown {
  return (value) =>
    typeof value === "object" && value !== null
      ? Object.fromEntries(Object.entries(value).filter(([name]) => !names.has(name)))
      : value;
}
