/** Compiled rules as text and back: what their files were checked and compiled to, so that it need not be done again. */
import type { Advisory, CasedRule, CompiledRule } from "./compiled.ts";
import { sha256 } from "./digest.ts";
import { PackedRule, type RuleBody, type RuleHead } from "./packed-rule.ts";

/** Rules, and all advisories beside them: those without rules too. */
export interface RuleSet {
  rules: CompiledRule[];
  advisories: Advisory[];
}

/** What a text of compiled rules was made by and of. */
export interface Origin {
  /** The version of Telltale. */
  telltale: string;
  /** Digest of the names and texts of the rule files. */
  sources: string;
}

interface Head {
  advisories: Advisory[];
  rules: RuleHead[];
}

/** A set as text: a line that says what it is, a line for all rules, and one for each. Every character is ASCII. The cases
 * are left out; `fileOf` tells where a rule lies below the folder. */
export function pack(
  rules: CasedRule[],
  advisories: Advisory[],
  origin: Origin,
  fileOf: (rule: CasedRule) => string,
): string {
  const places = new Map(advisories.map(({ id }, i) => [id, i]));
  const heads = rules.map((rule): RuleHead => {
    const { id, stateVersion, advisory, signals } = rule;
    const written = Object.fromEntries(signals.map((signal) => [signal.name, signal.written]));
    return { id, stateVersion, file: fileOf(rule), advisory: places.get(advisory.id)!, signals: written };
  });
  const bodies = rules.map(
    ({ id, stateVersion, file, advisory, signals, tests, parts, ...body }): RuleBody => ({
      ...body,
      parts: [...parts],
    }),
  );
  const lines = [{ advisories, rules: heads } satisfies Head, ...bodies];
  const text = lines.map((line) => `${inAscii(JSON.stringify(line))}\n`).join("");
  return `${JSON.stringify({ ...origin, text: sha256(text) })}\n${text}`;
}

/** What a packed text was made by and of; null when it is none, or not whole. */
export function originOf(packed: string): Origin | null {
  const end = packed.indexOf("\n");
  try {
    const { text, ...origin } = JSON.parse(packed.slice(0, end)) as Origin & { text: string };
    return text === sha256(packed.slice(end + 1)) ? origin : null;
  } catch {
    return null;
  }
}

/** The set of a packed text for which `originOf` gave something; its rules judge as those did that were packed. */
export function unpack(packed: string, root: string): RuleSet {
  const [, head = "", ...bodies] = packed.split("\n");
  const { rules, advisories } = JSON.parse(head) as Head;
  return {
    advisories,
    rules: rules.map((rule, i) => new PackedRule(rule, bodies[i]!, root, advisories[rule.advisory]!)),
  };
}

function inAscii(json: string): string {
  return json.replace(/[^\x00-\x7f]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
