/** Signals that can never match, match everything, or are the same as another. */
import { compilePattern } from "../match.ts";
import type { RuleFile } from "../schema.ts";
import { asList } from "../text.ts";
import type { Warning } from "./lint.ts";

export function lintSignals({ signals }: RuleFile): Warning[] {
  const all = Object.entries(signals as Record<string, Record<string, unknown>>);
  return all.flatMap(([name, signal], i): Warning[] => {
    const path = ["signals", name];
    const twin = all.slice(0, i).find(([, other]) => JSON.stringify(sorted(other)) === JSON.stringify(sorted(signal)));
    return [
      ...(twin === undefined ? [] : [[path, `is the same as signal ${twin[0]}`] as Warning]),
      ...lists(signal, path),
      ...shapes(signal, path),
      ...patterns(signal, path),
      ...excluded(signal, path),
    ];
  });
}

function lists(signal: Record<string, unknown>, path: string[]): Warning[] {
  return Object.entries(signal).flatMap(([key, value]): Warning[] => {
    const values = Array.isArray(value) ? (value as string[]) : [];
    const twice = values.find((one, i) => values.indexOf(one) < i);
    return twice === undefined ? [] : [[[...path, key], `${JSON.stringify(twice)} stands here twice`]];
  });
}

/** FACILITY-SEVERITY-MNEMONIC; the facility may have dashes too. */
const TAG = /^([A-Za-z][\w-]*)-([0-7])-([A-Za-z]\w*)$/;

function shapes(signal: Record<string, unknown>, path: string[]): Warning[] {
  const tags = asList(signal.tag).filter((tag) => !TAG.test(tag));
  const prefixes = asList(signal["tag|startswith"]).filter((prefix) => !/^[A-Za-z][\w-]*$/.test(prefix));
  return [
    ...tags.map(
      (tag): Warning => [
        [...path, "tag"],
        `can never match: ${JSON.stringify(tag)} is not FACILITY-SEVERITY-MNEMONIC (no percent sign, no colon)`,
      ],
    ),
    ...prefixes.map(
      (prefix): Warning => [
        [...path, "tag|startswith"],
        `can never match: no tag begins with ${JSON.stringify(prefix)} (no percent sign, no colon)`,
      ],
    ),
  ];
}

function patterns(signal: Record<string, unknown>, path: string[]): Warning[] {
  return Object.entries(signal).flatMap(([key, value]): Warning[] => {
    if (!/\|re(?:\||$)/.test(key)) return [];
    return asList(value).flatMap((source): Warning[] => {
      const here = [...path, key];
      if (key === "text|re" && /%[A-Z][A-Z0-9_-]*-[0-7\\[(]/.test(source))
        return [[here, "can never match: text is what follows the tag, which belongs into tag or tag|startswith"]];
      const pattern = compilePattern(source, here);
      const all = ["", "\u0001", "any other text"].every((text) => pattern.matcher(text).find());
      // A pattern that only takes what it finds is there for its groups.
      const takes = Object.keys(pattern.namedGroups()).length > 0;
      return all && !takes ? [[here, "matches every text; a message is found by its index alone"]] : [];
    });
  });
}

/** Conditions that none of the tags fulfils by which the signal is found. */
function excluded(signal: Record<string, unknown>, path: string[]): Warning[] {
  if (signal["or-literal"] !== undefined || signal.every === true) return [];
  const tagged = signal.tag !== undefined || signal["tag|startswith"] !== undefined;
  if (signal.untagged === true && tagged)
    return [[[...path, "untagged"], "can never match: the signal is found by a tag"]];
  const tags = asList(signal.tag).map((tag) => TAG.exec(tag));
  if (signal["tag|startswith"] !== undefined || tags.length === 0 || tags.includes(null)) return [];
  return Object.entries(signal).flatMap(([key, value]): Warning[] => {
    const holds = testOfTag(key, value);
    if (holds === null || tags.some((tag) => holds(tag!))) return [];
    return [[[...path, key], `can never match: no tag of this signal is so (${asList(signal.tag).join(", ")})`]];
  });
}

/** What a condition asks of a tag; null when it asks something else. */
function testOfTag(key: string, value: unknown): ((tag: string[]) => boolean) | null {
  if (key === "severity|lte") return (tag) => Number(tag[2]) <= Number(value);
  if (key === "severity|gte") return (tag) => Number(tag[2]) >= Number(value);
  if (key === "severity") return (tag) => [value].flat().includes(Number(tag[2]));
  const [field = "", modifier = "", ...more] = key.split("|");
  const part = { facility: 1, mnemonic: 3 }[field];
  if (part === undefined || more.length > 0) return null;
  const values = asList(value);
  const tests: Record<string, (is: string, wanted: string) => boolean> = {
    "": (is, wanted) => is === wanted,
    contains: (is, wanted) => is.includes(wanted),
    startswith: (is, wanted) => is.startsWith(wanted),
    endswith: (is, wanted) => is.endsWith(wanted),
    re: (is, wanted) => compilePattern(wanted, []).matcher(is).find(),
  };
  const test = tests[modifier];
  return test === undefined ? null : (tag) => values.some((wanted) => test(tag[part]!, wanted));
}

function sorted(signal: Record<string, unknown>): [string, unknown][] {
  return Object.entries(signal).sort(([a], [b]) => (a < b ? -1 : 1));
}
