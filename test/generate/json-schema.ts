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
  allOf?: JsonSchema[];
  definitions?: Record<string, JsonSchema>;
}

/** File -> its schema, as a value that a program reads. */
export const SCHEMAS: Record<string, JsonSchema> = {
  "rules/_schema/rule.schema.json": schemaOf(rule, "rule"),
  "rules/_schema/advisory.schema.json": schemaOf(advisory, "advisory"),
  "samples/config.schema.json": schemaOf(configSchema, "config"),
};

/** As the file has it: an editor shows the description alone, so the default stands in it. */
export function schemaFile(schema: JsonSchema): string {
  const text = JSON.stringify(
    schema,
    (_, value: JsonSchema | string) =>
      typeof value === "object" && value?.description !== undefined && hasPlainDefault(value)
        ? { ...value, description: `${value.description} Default: ${shown(value.default)}.` }
        : value,
    2,
  );
  return `${text}\n`;
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
