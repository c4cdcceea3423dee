/** `telltale parse`: each message as Telltale understood it, in the order of arrival. */
import { jsonLine } from "../output/json-line.ts";
import type { Event } from "../model.ts";
import { eventJson } from "../parse/event-json.ts";
import { replay } from "../run/replay.ts";
import { readYear } from "./arguments.ts";
import { print } from "./terminal.ts";

export async function parseCommand(paths: string[], options: { year?: number }): Promise<void> {
  // Held messages come out late; they are put back where their first line was.
  const waiting = new Map<number, Event>();
  const lines: string[] = [];
  const result = await replay({
    paths,
    rules: [],
    year: readYear(options.year),
    until: null,
    onEvent: (event, order) => waiting.set(order, event),
  });
  for (const [, event] of [...waiting].sort(([a], [b]) => a - b)) lines.push(jsonLine(eventJson(event)));
  for (let i = 0; i < lines.length; i += 1_000) await print(`${lines.slice(i, i + 1_000).join("\n")}\n`);
  const { outcomes } = result.counters;
  const counted = Object.entries(outcomes).filter(([, n]) => n > 0).map(([name, n]) => `${n} ${name}`);
  process.stderr.write(`${counted.join(", ") || "no lines"}\n`);
  for (const note of result.notes) process.stderr.write(`${note}\n`);
  if (result.broken !== null) throw result.broken;
}
