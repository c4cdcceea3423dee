/** One message as conditions read it: its fields, and its line in one case, each made once and only when asked for. */
import { isAscii } from "node:buffer";
import type { Event } from "../model.ts";

/** What conditions, `group-by` and `value_count` may read of a message itself. */
export const FIELDS = {
  text: (event: Event) => event.text,
  message: (event: Event) => (event.tag === null ? event.text : `%${tagText(event)}: ${event.text}`),
  line: (event: Event) => decoded(event.raw),
  tag: (event: Event) => tagText(event),
  facility: (event: Event) => event.tag?.facility ?? null,
  mnemonic: (event: Event) => event.tag?.mnemonic ?? null,
  process: (event: Event) => event.process?.name ?? null,
  node: (event: Event) => event.node,
  device: (event: Event) => event.device,
  address: (event: Event) => (event.transport === "file" ? null : event.from),
} satisfies Record<string, (event: Event) => string | null>;
export type FieldName = keyof typeof FIELDS;

/** True for the name of a field. */
export function isField(name: string): name is FieldName {
  return Object.hasOwn(FIELDS, name);
}

/** A message being matched; rules that ask for the same thing share the work. */
export class Reading {
  readonly event: Event;
  #line: string | null = null;
  #folded: { [field in FieldName]?: string | null } | null = null;

  constructor(event: Event) {
    this.event = event;
  }

  /** The field as logged; null where the message has none. */
  field(name: FieldName): string | null {
    if (name !== "line") return FIELDS[name](this.event);
    this.#line ??= FIELDS.line(this.event);
    return this.#line;
  }

  /** The field with upper and lower case alike. */
  folded(name: FieldName): string | null {
    this.#folded ??= {};
    const known = this.#folded[name];
    if (known !== undefined) return known;
    const folded = this.field(name)?.toLowerCase() ?? null;
    this.#folded[name] = folded;
    return folded;
  }
}

function tagText({ tag }: Event): string | null {
  return tag === null ? null : `${tag.facility}-${tag.severity}-${tag.mnemonic}`;
}

const REPLACING = new TextDecoder("utf-8", { ignoreBOM: true });

function decoded(raw: Uint8Array): string {
  if (isAscii(raw)) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
  return REPLACING.decode(raw);
}
