/** docs/rule-format.md: the tables between its `generated` marks, from the schemas and the code. */
import { BLOCK_FACTS, CAVEAT_FACTS, COMMON_FACTS, PLACEHOLDERS } from "../../src/rule/facts.ts";
import { OBSERVATIONS, OBSERVED, type ObservationName } from "../../src/rule/observation.ts";
import { CONDITION_FIELDS, CONDITION_MODIFIERS, INDEX_FIELDS } from "../../src/rule/schema-signal.ts";
import { fieldTable } from "./fields.ts";
import { type JsonSchema, SCHEMAS } from "./json-schema.ts";
import { anchor, code, fillParts, table } from "./markdown.ts";

const RULE = SCHEMAS["rules/_schema/rule.schema.json"] as JsonSchema;
const ADVISORY = SCHEMAS["rules/_schema/advisory.schema.json"] as JsonSchema;
const definitions = { ...ADVISORY.definitions, ...RULE.definitions };

/** Fields that a signal has for each pair of field and modifier: two small tables tell them. */
const isCondition = (field: string) => {
  const [name = "", ...modifiers] = field.split("|");
  if (INDEX_FIELDS.includes(field)) return false;
  return name in CONDITION_FIELDS && modifiers.map((one) => `|${one}`).join("") in CONDITION_MODIFIERS;
};

/** The page with its tables filled in again. */
export function ruleFormat(page: string): string {
  const fields = (schema: JsonSchema, omit?: (field: string) => boolean) =>
    fieldTable(schema, { definitions, link: (title) => `[${title}](#${anchor(title)})`, ...(omit ? { omit } : {}) });
  const facts = (list: Record<string, string>) =>
    table(
      ["fact", "value"],
      Object.entries(list).map(([name, what]) => [code(name), what]),
    );
  return fillParts(page, {
    rule: fields(RULE),
    advisory: fields(ADVISORY),
    ...Object.fromEntries(
      Object.entries(definitions)
        .filter(([, schema]) => hasFields(schema))
        .map(([name, schema]) => [name, fields(schema, name === "Signal" ? isCondition : undefined)]),
    ),
    "condition-fields": table(
      ["field", "what it is"],
      Object.entries(CONDITION_FIELDS).map(([name, what]) => [code(name), what]),
    ),
    "condition-modifiers": table(
      ["modifier", "holds when the field"],
      Object.entries(CONDITION_MODIFIERS).map(([name, what]) => [name === "" ? "none" : code(name), what]),
    ),
    "common-facts": facts(COMMON_FACTS),
    "block-facts": facts(BLOCK_FACTS),
    "caveat-facts": facts(CAVEAT_FACTS),
    observations: table(
      ["observation", "what it is", "fact", "value"],
      Object.entries(OBSERVATIONS).flatMap(([name, list]) => {
        const rows = Object.entries(list);
        const what = OBSERVED[name as ObservationName];
        if (rows.length === 0) return [[code(name), what, "", ""]];
        return rows.map(([fact, value], i) => [i === 0 ? code(name) : "", i === 0 ? what : "", code(fact), value]);
      }),
    ),
    placeholders: table(
      ["placeholder", "stands for"],
      Object.entries(PLACEHOLDERS).map(([name, what]) => [code(`{${name}}`), what]),
    ),
  });
}

function hasFields(schema: JsonSchema): boolean {
  return schema.properties !== undefined || (schema.anyOf ?? []).some(hasFields);
}
