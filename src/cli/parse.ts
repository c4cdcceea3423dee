/** `telltale parse`: each message as Telltale understood it, in the order of arrival. */

import type { Event } from "../model.ts";
import { jsonLine } from "../output/json-line.ts";
import { eventJson } from "../parse/event-json.ts";
import { replay } from "../run/replay.ts";
import { print } from "./terminal.ts";

/** Lines collected before they are written. */
const AT_ONCE = 1_000;

export async function parseCommand(paths: string[], options: { year?: number }): Promise<void> {
  // A message whose lines are still coming is told late: those after it wait, so that the order is that of arrival.
  const waiting = new Map<number, Event>();
  let ready: string[] = [];
  let written: Promise<void> = Promise.resolve();
  const write = () => {
    if (ready.length === 0) return;
    const text = `${ready.join("\n")}\n`;
    ready = [];
    written = written.then(() => print(text));
  };
  const settle = (upTo: number) => {
    for (const order of [...waiting.keys()].filter((one) => one <= upTo).sort((a, b) => a - b)) {
      ready.push(jsonLine(eventJson(waiting.get(order)!)));
      waiting.delete(order);
    }
    if (ready.length >= AT_ONCE) write();
  };
  const result = await replay({
    paths,
    rules: [],
    year: options.year ?? null,
    until: null,
    keepsHistory: false,
    onEvent(event, order, settled) {
      waiting.set(order, event);
      settle(settled);
    },
  });
  result.spill.close();
  settle(Number.POSITIVE_INFINITY);
  write();
  await written;
  const counted = Object.entries(result.counters.outcomes)
    .filter(([, n]) => n > 0)
    .map(([name, n]) => `${n} ${name}`);
  process.stderr.write(`${counted.join(", ") || "no lines"}\n`);
  for (const note of result.notes) process.stderr.write(`${note}\n`);
  if (result.broken !== null) throw result.broken;
}
