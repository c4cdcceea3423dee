/** A parsed line as one string, every field that is set in a fixed order, so that a table shows whole results. */

import { type ParsedLine, parseLine } from "../../src/parse/parse.ts";

/** Parse a line and print all of the result: `envelope dialect field=<value> … | text`. */
export function summary(line: string, capture = false): string {
  return print(parseLine(Buffer.from(line), capture));
}

function print(parsed: ParsedLine): string {
  const fields: [string, string | number | null | undefined][] = [
    ["pri", parsed.pri === null ? null : parsed.pri.facility * 8 + parsed.pri.severity],
    ["prompt", parsed.prompt],
    ["relay", parsed.relay],
    ["relayTime", parsed.relayTime?.text],
    ["hostname", parsed.hostname],
    ["origin", parsed.origin],
    ["counter", parsed.counter],
    ["sequence", parsed.sequence],
    ["clock", parsed.clock?.text],
    ["node", parsed.node],
    ["process", parsed.process === null ? null : `${parsed.process.name}[${parsed.process.id ?? ""}]`],
    ["tag", parsed.tag === null ? null : `${parsed.tag.facility}/${parsed.tag.severity}/${parsed.tag.mnemonic}`],
    ["flags", parsed.flags.length === 0 ? null : parsed.flags.join(",")],
  ];
  const set = fields.flatMap(([name, value]) => (value === null || value === undefined ? [] : [`${name}=<${value}>`]));
  return [parsed.envelope, parsed.dialect, parsed.head ? "head" : "tail", ...set, "|", parsed.text].join(" ");
}
