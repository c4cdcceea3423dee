/** Texts with placeholders: `{node}`, `{level}`, `{share}`; in a command only values of a narrow form. */
import type { Text } from "../model.ts";

/** A value is the same in both languages, or a text with a twin. */
export type Values = Record<string, string | number | boolean | Text | null | undefined>;

/** What may stand in a router command: a node id or a process name, nothing that a forged line could bend. */
const SAFE_IN_COMMAND =
  /^(?:(?:RP|LC|DRP|SP|SC)\/\d{1,3}\/[A-Za-z0-9]{1,8}\/CPU\d{1,2}|\d{1,3}\/[A-Za-z0-9]{1,8}\/(?:CPU|ADMIN)\d{1,2}|[a-z][a-z0-9_]{0,31})$/;

/** Fills both languages; an unknown value reads as "?" . */
export function fillText(text: Text, values: Values): Text {
  const en = fill(text.en, values, "en");
  return text.ja === undefined ? { en } : { en, ja: fill(text.ja, values, "ja") };
}

/** Fills a command; a value that is not of a safe form leaves its placeholder in place, for a human to fill. */
export function fillCommand(command: string, values: Values): string {
  return command.replace(PLACEHOLDER, (whole, name: string) => {
    const value = ownValue(values, name);
    return typeof value === "string" && SAFE_IN_COMMAND.test(value) ? value : whole;
  });
}

const PLACEHOLDER = /\{([a-z][A-Za-z_]*)\}/g;

function fill(text: string, values: Values, lang: "en" | "ja"): string {
  return text.replace(PLACEHOLDER, (_, name: string) => {
    const value = ownValue(values, name);
    if (value === null || value === undefined) return "?";
    if (typeof value === "object") return value[lang] ?? value.en;
    return name === "share" && typeof value === "number" ? `${Math.round(value * 10_000) / 100} %` : String(value);
  });
}

/** A name such as `constructor` is no value: only what the report itself says is. */
function ownValue(values: Values, name: string): Values[string] {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}
