/** Values as YAML to be pasted into a rule file: every string that could be taken for something else, or that a
 * terminal would obey, is quoted and escaped. */
import { escapeText } from "./escape.ts";

/** `key: value` lines at a depth of indentation; `flow` gives one line in brackets. */
export function yamlEntry(key: string, value: unknown, indent: number, flow: boolean): string {
  const margin = " ".repeat(indent);
  if (flow) return `${margin}${key}: ${inline(value)}\n`;
  return block(key, value, margin);
}

function block(key: string, value: unknown, margin: string): string {
  if (Array.isArray(value) && value.length > 0) {
    return `${margin}${word(key)}:\n${value.map((one) => item(one, `${margin}  `)).join("")}`;
  }
  return `${margin}${word(key)}: ${inline(value)}\n`;
}

function item(value: unknown, margin: string): string {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return `${margin}- ${inline(value)}\n`;
  const lines = Object.entries(value).map(([key, inner]) => block(key, inner, `${margin}  `));
  return `${margin}- ${lines.join("").slice(margin.length + 2)}`;
}

function inline(value: unknown): string {
  if (typeof value === "string") return word(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${word(key)}: ${inline(inner)}`);
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** Letters that begin no number, with signs that mean nothing in YAML. */
const PLAIN = /^[A-Za-z_][\w/-]*(?: [\w/-]+)*$/;
const TAKEN = /^(?:true|false|null|yes|no|on|off|y|n)$/i;

function word(text: string): string {
  return PLAIN.test(text) && !TAKEN.test(text) ? text : quoted(text);
}

/** In double quotes; what is escaped for people is an escape of YAML too, in eight digits where they are many. */
function quoted(text: string): string {
  const escaped = [...text].map((character) => {
    if (character === '"') return '\\"';
    if (character === "\\") return "\\\\";
    // A mark draws over its neighbours, and how many there are is not seen from here.
    if (escapeText(character) === character && !/\p{M}/u.test(character)) return character;
    return `\\U${character.codePointAt(0)!.toString(16).padStart(8, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
