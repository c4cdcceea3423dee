/** What the facts of a rule can be, as far as the file tells; and conditions in the form in which they are compared. */
import { CONFIDENCES } from "../../model.ts";
import type { Scalar } from "../compiled.ts";
import type { WhenFile } from "../condition.ts";
import type { RuleFile } from "../schema.ts";
import { DIALECTS, EXPOSURES } from "../schema-values.ts";
import { asList } from "../text.ts";

/** One condition: a fact, how it is compared, and with what (parameters filled in). */
export interface Condition {
  key: string;
  field: string;
  operator: string;
  wanted: Scalar[];
}

/** The alternatives of a `when`, each with its conditions. */
export function alternatives(when: WhenFile, file: RuleFile): Condition[][] {
  return (Array.isArray(when) ? when : [when]).map((all) =>
    Object.entries(all).map(([key, value]) => {
      const [field = "", operator = ""] = key.split("|");
      const wanted = (Array.isArray(value) ? value : [value]).map((one) => fill(one, file));
      return { key, field, operator, wanted };
    }),
  );
}

/** The values that a fact can have, or null where the file does not tell. */
export function domainOf(field: string, file: RuleFile, ofCaveat: boolean): Scalar[] | null {
  if (field in file.signals || field in file.correlations) return [true, false];
  if (field === "dialect") return [...DIALECTS];
  if (field === "exposure") return [...EXPOSURES];
  if (ofCaveat && field === "verdict") return file.verdicts.map((verdict) => verdict.name);
  if (ofCaveat && field === "confidence") return [...CONFIDENCES];
  if (file.block === undefined) return null;
  if (["opened", "closed", "short", "doubtful"].includes(field)) return [true, false];
  return field === "table" ? ["complete", "partial", "none"] : null;
}

/** Names of the groups in the patterns of a signal, with the key that holds each. */
export function groupsOf(signal: object): { group: string; key: string }[] {
  return Object.entries(signal)
    .filter(([key]) => /\|re(?:\||$)/.test(key))
    .flatMap(([key, value]) =>
      asList(value).flatMap((source) =>
        [...source.matchAll(/\(\?P?<(\w+)>/g)].map((match) => ({ group: match[1]!, key })),
      ),
    );
}

function fill(value: Scalar, file: RuleFile): Scalar {
  if (typeof value !== "string" || !value.startsWith("$")) return value;
  return file.params[value.slice(1)]?.default ?? value;
}
