/** The schemas for editors: what zod checks, as JSON Schema. */
import { z } from "zod";
import { rule } from "../../src/rule/schema.ts";
import { advisory } from "../../src/rule/schema-advisory.ts";
import { configSchema } from "../../src/run/config.ts";

/** The part of JSON Schema that zod writes. */
export interface JsonSchema {
  $ref?: string;
  $id?: string;
  title?: string;
  description?: string;
  markdownDescription?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | false;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** File -> its schema, as a value that a program reads. */
export const SCHEMAS: Record<string, JsonSchema> = {
  "rules/_schema/rule.schema.json": schemaOf(rule, "rule"),
  "rules/_schema/advisory.schema.json": schemaOf(advisory, "advisory"),
  "samples/config.schema.json": schemaOf(configSchema, "config"),
};

/** As the file has it. Editors show one description and nothing else of a field: what the field says of itself
 * takes the place of what its definition says, and the default stands in it. */
export function schemaFile(schema: JsonSchema): string {
  return `${JSON.stringify(forEditors(schema, schema.definitions ?? {}), null, 2)}\n`;
}

function forEditors(schema: JsonSchema, definitions: Record<string, JsonSchema>): JsonSchema {
  const { allOf, ...own } = schema;
  const name = allOf?.length === 1 ? allOf[0]!.$ref?.replace("#/definitions/", "") : undefined;
  const one = name === undefined ? { ...schema } : { ...definitions[name], ...own };
  const inner = (value: JsonSchema) => forEditors(value, definitions);
  for (const key of ["properties", "definitions"] as const) {
    if (one[key] === undefined) continue;
    one[key] = Object.fromEntries(Object.entries(one[key]).map(([field, value]) => [field, inner(value)]));
  }
  if (one.items !== undefined) one.items = inner(one.items);
  if (one.anyOf !== undefined) one.anyOf = one.anyOf.map(inner);
  if (typeof one.additionalProperties === "object") one.additionalProperties = inner(one.additionalProperties);
  if (one.description === undefined) return one;
  const said = hasPlainDefault(one) ? `${one.description} Default: ${shown(one.default)}.` : one.description;
  // The YAML language server shows `description` as it stands, and `markdownDescription` as Markdown.
  return { ...one, description: said, ...(said.includes("`") ? { markdownDescription: said } : {}) };
}

// Draft 7, because editors know it best.
function schemaOf(schema: z.ZodType, name: string): JsonSchema {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: "input", target: "draft-7" });
  return { $schema, $id: `urn:telltale:schema:${name}`, ...rest } as JsonSchema;
}

/** Whether it says something: an empty object stands for the defaults inside it. */
export function hasPlainDefault(schema: JsonSchema): boolean {
  return schema.default !== undefined && JSON.stringify(schema.default) !== "{}";
}

function shown(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
