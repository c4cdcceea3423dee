/** Tables of fields, from a JSON schema: name, legal values, default, meaning. */
import { hasPlainDefault, type JsonSchema } from "./json-schema.ts";
import { code, table } from "./markdown.ts";

/** What a table of fields needs besides the schema of the object. */
export interface FieldOptions {
  definitions: Record<string, JsonSchema>;
  /** Link to the section that explains a definition. */
  link(title: string): string;
  /** Fields that are explained elsewhere. */
  omit?(field: string): boolean;
}

/** The fields of one object, with those of the objects in it by path: `unless.within`. */
export function fieldTable(schema: JsonSchema, options: FieldOptions): string {
  const rows = fieldRows(schema, "", options);
  return table(["field", "value", "default", "meaning"], rows);
}

function fieldRows(schema: JsonSchema, path: string, options: FieldOptions): string[][] {
  const own = Object.entries(schema.properties ?? {}).filter(([field]) => !options.omit?.(field));
  const rows = own.flatMap(([field, value]) => {
    const full = `${path}${field}`;
    const required = schema.required?.includes(field) ?? false;
    const inner = reference(value) === null ? value : {};
    return [
      [code(full), legalValues(value, options), defaultOf(value, required), describe(value, options)],
      ...fieldRows(inner, `${full}.`, options),
    ];
  });
  const alternatives = (schema.anyOf ?? []).flatMap((one) => fieldRows(one, path, options));
  const elements = schema.items === undefined ? [] : fieldRows(schema.items, path, options);
  return [...rows, ...alternatives, ...elements];
}

/** A field's own words, or those of the only thing it can be. */
export function describe(schema: JsonSchema, { definitions }: Pick<FieldOptions, "definitions">): string {
  const name = reference(schema);
  return schema.description ?? (name === null ? "" : (definitions[name]!.description ?? ""));
}

/** The definition that a schema stands for. */
export function reference(schema: JsonSchema): string | null {
  const ref = schema.$ref ?? (schema.allOf?.length === 1 ? schema.allOf[0]!.$ref : undefined);
  return ref === undefined ? null : ref.replace("#/definitions/", "");
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return "required";
  if (!hasPlainDefault(schema)) return "";
  return code(typeof schema.default === "string" ? schema.default : JSON.stringify(schema.default));
}

/** What may stand there, in words. */
function legalValues(schema: JsonSchema, options: FieldOptions): string {
  const name = reference(schema);
  if (name !== null) return options.link(options.definitions[name]!.title!);
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.enum !== undefined) return schema.enum.map((one) => code(String(one))).join(", ");
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map((one) => legalValues(one, options)).join(" or ");
  if (Array.isArray(schema.type)) return schema.type.map((type) => TYPES[type] ?? type).join(" or ");
  if (schema.type === "array")
    return `list of ${legalValues(schema.items ?? {}, options)}${schema.minItems ? `, at least ${schema.minItems}` : ""}`;
  if (schema.type === "object") {
    if (typeof schema.additionalProperties === "object")
      return `map of name to ${legalValues(schema.additionalProperties, options)}`;
    return `{ ${Object.keys(schema.properties ?? {}).join(", ")} }`;
  }
  const type = TYPES[schema.type ?? ""] ?? schema.type ?? "anything";
  if (schema.pattern !== undefined) return `${type} ${code(schema.pattern)}`;
  const bound = (value: number | undefined) => value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER;
  const low = bound(schema.minimum) ? ` from ${schema.minimum}` : "";
  return `${type}${low}${bound(schema.maximum) ? ` to ${schema.maximum}` : ""}`;
}

const TYPES: Record<string, string> = {
  string: "string",
  integer: "whole number",
  number: "number",
  boolean: "`true`, `false`",
  null: "null",
};
