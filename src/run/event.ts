/** A timed line -> the Event of the contract, and the outcome its frame is counted under. */
import type { Event, Outcome } from "../model.ts";
import { isIdentity } from "../parse/identity.ts";
import type { TimedLine } from "./session.ts";

export function toEvent({ frame, line, device, sourceAuth, time, clockIso }: TimedLine): Event {
  return {
    at: time.at,
    atSource: time.source,
    from: frame.from,
    sourceAuth,
    transport: frame.transport,
    raw: frame.raw,
    dialect: line.dialect,
    envelope: line.envelope,
    pri: line.pri,
    device,
    named: isIdentity(line.origin) || isIdentity(line.hostname),
    relay: line.relay,
    counter: line.counter,
    sequence: line.sequence,
    clock:
      line.clock === null
        ? null
        : { text: line.clock.text, mark: line.clock.mark, iso: clockIso, uptime: line.clock.uptime },
    node: line.node,
    process: line.process,
    tag: line.tag,
    text: line.text,
    flags: [...frame.flags, ...line.flags, ...time.flags],
  };
}

/** The outcome of a message that is neither empty, nor a duplicate, nor a joined line. */
export function outcomeOf(event: Event): Outcome {
  if (event.dialect === "unknown") return "unparsed";
  if (event.dialect === "nx-os" || event.dialect === "asa" || event.dialect === "other") return "foreign";
  return event.tag === null ? "untagged" : "parsed";
}

/** Whether it is a message of Telltale's own syslog output, sent back by some relay: by its whole head, which no text that
 * a router quotes can stand in for. */
export function isOwn({ envelope, raw }: Event): boolean {
  return envelope === "rfc5424" && OWN.test(Buffer.from(raw.subarray(0, LONGEST_HEAD)).toString("latin1"));
}

const LONGEST_HEAD = 512;
const OWN = /^<\d{1,3}>1 \S+ \S+ telltale \S+ \S+ \[telltale@32473 /;

/** `last message repeated 66 times`, `message repeated 12 times: [ … ]`: how often, else null. */
export function repeatedTimes(event: Event): number | null {
  if (event.tag !== null || !event.text.includes("message repeated ")) return null;
  const found = /^(?:last )?message repeated (\d{1,6}) times?(?:$|: \[)/.exec(event.text);
  return found === null ? null : Number(found[1]);
}
