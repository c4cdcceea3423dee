/** Modifiers of Sigma's fields: `field|contains|all`. */
import { type Path, SigmaProblem } from "./read.ts";

export interface Modifiers {
  /** Where in the field the value stands; null: it is the whole. */
  position: "contains" | "startswith" | "endswith" | null;
  all: boolean;
  cased: boolean;
  /** None of the values. */
  neq: boolean;
  re: boolean;
  /** `i`, `m` and `s` of `re`. */
  flags: string;
  /** `cidr`, or a comparison of numbers. */
  compare: "cidr" | "gt" | "gte" | "lt" | "lte" | null;
  exists: boolean;
}

const POSITIONS = ["contains", "startswith", "endswith"];
const COMPARISONS = ["cidr", "gt", "gte", "lt", "lte"];
/** What is Sigma and does not work here, and why. */
const UNSUPPORTED: Record<string, string> = {
  base64: "values are not encoded",
  base64offset: "values are not encoded",
  utf16le: "values are not encoded",
  utf16be: "values are not encoded",
  utf16: "values are not encoded",
  wide: "values are not encoded",
  windash: "it is about command lines of Windows",
  expand: "there are no placeholders to fill in",
  fieldref: "two fields of a message are not compared",
  minute: "parts of dates are not compared",
  hour: "parts of dates are not compared",
  day: "parts of dates are not compared",
  week: "parts of dates are not compared",
  month: "parts of dates are not compared",
  year: "parts of dates are not compared",
};

/** Reads what follows the name of a field. */
export function readModifiers(names: string[], path: Path): Modifiers {
  const result: Modifiers = {
    position: null,
    all: false,
    cased: false,
    neq: false,
    re: false,
    flags: "",
    compare: null,
    exists: false,
  };
  for (const name of names) {
    if (POSITIONS.includes(name)) result.position = name as Modifiers["position"];
    else if (COMPARISONS.includes(name)) result.compare = name as Modifiers["compare"];
    else if (name === "all" || name === "cased" || name === "neq" || name === "exists" || name === "re")
      result[name] = true;
    else if (result.re && ["i", "m", "s"].includes(name)) result.flags += result.flags.includes(name) ? "" : name;
    else if (UNSUPPORTED[name] !== undefined)
      throw new SigmaProblem(path, `the modifier |${name} is not supported: ${UNSUPPORTED[name]}`);
    else throw new SigmaProblem(path, `"|${name}" is no modifier of Sigma`);
  }
  const kinds = [result.position !== null, result.re, result.compare !== null, result.exists].filter(Boolean);
  if (kinds.length > 1) throw new SigmaProblem(path, `the modifiers |${names.join("|")} do not go together`);
  return result;
}
