/** The header of a line, part by part: what stands there and what Telltale takes it for. */
import type { Event, EventFlag } from "../../model.ts";
import type { ExplainedPart } from "../../output/explanation.ts";
import type { DialectReason } from "../../parse/dialect.ts";
import { fileStem, identitySource, isIdentity } from "../../parse/identity.ts";
import type { TimedLine } from "../session.ts";

/** The parts in the order of the line; `event` is the whole message where lines were joined. */
export function headerParts(timed: TimedLine, event: Event | undefined): ExplainedPart[] {
  const { line } = timed;
  const parts: ExplainedPart[] = [];
  const add = (part: string, value: string | number | null, note: string | null = null) => {
    if (value !== null && value !== "") parts.push({ part, value: String(value), note });
  };
  if (line.envelope === "rfc5424")
    add("Form", "RFC 5424", "fields of the newer syslog standard stand before the message");
  if (line.pri !== null) {
    const { facility, severity } = line.pri;
    add("PRI", `<${facility * 8 + severity}>`, priNote(facility, severity, line.tag?.severity ?? null));
  }
  add("Relay", line.relay, "the host field that a relay wrote before the message");
  add("Relay's clock", line.relayTime?.text ?? null);
  add("Counter", line.counter, "the message counter of the router; a gap means that messages were lost");
  add("Device", timed.device, deviceNote(timed));
  add("Sequence", line.sequence, "from `service sequence-numbers`");
  if (line.clock !== null) add("Clock", line.clock.text, clockNote(timed));
  // Where no line had a clock yet, the time is a mere count.
  const isCount = timed.time.source === "order" && timed.time.at < DAY;
  add("Time", isCount ? "unknown" : new Date(timed.time.at).toISOString(), TIME_NOTES[timed.time.source]);
  add("Node", line.node, null);
  if (line.process !== null) {
    const { name, id } = line.process;
    add(
      "Process",
      id === null ? name : `${name}[${id}]`,
      id === null ? null : "the number is a job id on IOS XR, not a process id",
    );
  }
  const { tag } = line;
  if (tag !== null)
    add(
      "Tag",
      `%${tag.facility}-${tag.severity}-${tag.mnemonic}`,
      `severity ${tag.severity}, ${SEVERITIES[tag.severity]}`,
    );
  else if (line.flags.includes("untrusted-tag")) add("Tag", "not trusted", "see below");
  else add("Tag", "none");
  add(
    "Text",
    event?.text ?? line.text,
    event?.flags.includes("joined") === true ? "with the lines that were joined to it" : null,
  );
  add("System", line.dialect, DIALECT_NOTES[line.dialectReason]);
  return parts;
}

/** What each flag means for whoever reads the line. */
export function flagMeaning(flag: EventFlag): string {
  return FLAG_MEANINGS[flag];
}

const SEVERITIES = ["emergency", "alert", "critical", "error", "warning", "notification", "informational", "debugging"];

function priNote(facility: number, severity: number, tagged: number | null): string {
  const name = facility >= 16 && facility <= 23 ? `local${facility - 16}` : `facility ${facility}`;
  const differs = tagged !== null && tagged !== severity ? `; the tag says ${tagged}, and the tag counts` : "";
  return `${name}, severity ${severity}${differs}`;
}

function deviceNote(timed: TimedLine): string {
  const { line, frame, device } = timed;
  const source = identitySource(line, frame, null);
  const refused = [line.origin, line.hostname, line.relay].find((name) => name !== null && !isIdentity(name));
  const aside = refused === undefined ? "" : `; "${refused}" is a vendor's default and names nobody`;
  if (source === "file" && device !== fileStem(frame.from))
    return `the prompt of the captured terminal session names it${aside}`;
  return IDENTITY_NOTES[source] + aside;
}

const IDENTITY_NOTES = {
  origin: "the message names it: hostnameprefix on IOS XR, origin-id on IOS",
  hostname: "the HOSTNAME field of RFC 5424 names it",
  relay: "only the relay names it",
  certificate: "the message names no router, so the certificate of its sender does",
  address: "the message names no router, so the address that it came from stands in",
  prompt: "the prompt of the captured terminal session names it",
  file: "the message names no router, so the name of the input stands in",
};

const DAY = 86_400_000;

const TIME_NOTES = {
  received: "when it arrived: a listener goes by this and not by the router's clock",
  relay: "the relay's clock: a replay goes by it; a listener would take the time of arrival",
  device: "the router's clock: a replay goes by it; a listener would take the time of arrival",
  order: "no usable clock in the line, so it counts as one millisecond after the line before",
};

function clockNote({ line, clockIso }: TimedLine): string | null {
  const { clock } = line;
  if (clock === null) return null;
  const mark =
    clock.mark === "*"
      ? "the `*` says that this clock was never set"
      : clock.mark === "."
        ? "the `.` says that this clock lost its NTP server"
        : null;
  const year =
    clock.year === null && clock.month !== null && clockIso !== null
      ? `no year in it, read as ${clockIso.slice(0, 4)}`
      : null;
  const uptime = clock.uptime ? "the time since boot, no date" : null;
  const zone =
    clock.uptime || clock.offsetMinutes !== null
      ? null
      : clock.zone === null
        ? "no zone, read as UTC"
        : `zone "${clock.zone}" is not unique in the world, read as UTC`;
  const notes = [mark, uptime, year, zone].filter((note) => note !== null);
  return notes.length === 0 ? null : notes.join("; ");
}

const DIALECT_NOTES: Record<DialectReason, string> = {
  "asa-facility": "the tag's facility is a firewall's, not a router's",
  "bare-tag-year-first": "the year stands first and the tag has no colon, as NX-OS prints it",
  "bare-tag": "the tag has no colon behind it, as no router prints it",
  "program-after-relay": "a program's name stands where a router has none",
  node: "a node stands before the clock or the process, as only IOS XR prints it",
  "numbered-process": "a process with a number stands before the tag, as only IOS XR prints it",
  "prompt-with-node": "the prompt names a node, as only IOS XR's does",
  "year-first": "the year stands first in the clock, as NX-OS prints it",
  "space-before-colon": "a space stands between tag and colon, as IOS XR prints it",
  "xr-facility": "the tag's facility is one of IOS XR's",
  "nx-facility": "the tag's facility is one of NX-OS's",
  "line-card": "the line card of a cBR-8 is named, which runs IOS XE",
  "xe-facility": "the tag's facility is printed by IOS XE only",
  "xe-prefix": "behind the tag stands a card or slot (`R0/0:`, `SIP0:` …), as IOS XE prints it",
  "ios-tag":
    "the header and the tag have the form of IOS; IOS XE prints the same, so only a boot banner tells them apart",
  "ios-clock": "the header has the form of IOS, and there is no tag (debug output)",
  "other-syslog": "a syslog header, but not a Cisco router's",
  relayed: "a relay's header with something behind it that no Cisco router prints",
  nothing: "nothing in the line has the form of a header",
};

const FLAG_MEANINGS: Record<EventFlag, string> = {
  truncated: "the line was longer than the limit and its end was cut off",
  split: "cut at `<PRI>` on a TCP stream without separators: its bounds are a guess unless the counter follows on",
  unwrapped: "put together again from lines that a terminal had wrapped",
  joined: "the lines that continue it were joined to it",
  "untrusted-tag": "something that looks like a tag stands where none may stand, so it is text and no rule goes by it",
  "embedded-header":
    "a later line of the same message looks like a header; it is text of this message and no message of its own",
  continuation: "it looks like a line that continues another message, but that message is not there",
  "ambiguous-continuation": "it continues one of several messages and nothing tells which, so it was joined to none",
  "no-time": "the line has no usable clock",
  "clock-unset": "the router's clock was never set (`*`)",
  "clock-unsynced": "the router's clock has lost its NTP server (`.`)",
  "clock-back": "the clock stands before that of an earlier line; time does not go back, so the earlier time was kept",
  "clock-jump": "the clock jumps by more than a day and the next line does not agree, so it was not believed",
  "bad-pri": "the number in `<…>` is no PRI (0 to 191)",
  duplicate: "the same message came before",
};
