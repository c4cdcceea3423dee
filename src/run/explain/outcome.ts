/** Where a frame ended, and why there. */

import type { Event } from "../../model.ts";
import { type ContinuationKind, continuationKind } from "../../parse/continuation.ts";
import { expectedLines } from "../../parse/join.ts";
import { repeatedTimes } from "../event.ts";
import { quote } from "./pattern.ts";
import type { Seen } from "./watch.ts";

/** Sentences on where the frame ended; `headLine` is the line of the message that it continues or repeats. */
export function outcomeSentences(seen: Seen, event: Event | undefined, headLine: number | null): string[] {
  const { outcome, timed } = seen;
  const { line } = timed;
  const at = headLine === null ? "an earlier line" : `line ${headLine}`;
  switch (outcome) {
    case "empty":
      return ["Nothing but the envelope: there is no message in it."];
    case "joined":
      return [
        `It continues the message of ${at} and was joined to it: the router sends one message in several lines, and only the first has a header.`,
      ];
    case "duplicate":
      return [
        `It is a copy of ${at}: same counter, clock and text within seconds, as when two relays send the same message. It is counted as a duplicate and judged no second time.`,
      ];
    case "unparsed":
      return unparsedSentences(seen, event);
    case "foreign":
      return [`A message of another system (${line.dialect}), not of an IOS, IOS XE or IOS XR router.`];
    case "untagged":
      return [...untaggedSentences(seen), ...loneSentences(event)];
    case "parsed":
      return [...(event === undefined ? [] : wholeSentences(event))];
    default:
      return [];
  }
}

function unparsedSentences({ timed }: Seen, event: Event | undefined): string[] {
  if (timed.line.prompt !== null) return [];
  const lone = loneSentences(event);
  const untrusted = timed.line.flags.includes("untrusted-tag") ? [untrustedSentence(timed.line.text)] : [];
  const kept = "It is kept and counted as not understood (telltale stats --unparsed).";
  if (lone.length + untrusted.length > 0) return [...untrusted, ...lone, kept];
  return ["Not understood: it has neither a header nor a tag of any system known here, so no rule looks at it.", kept];
}

function untaggedSentences({ timed }: Seen): string[] {
  const { text, flags, prompt } = timed.line;
  if (prompt !== null) return [];
  if (!flags.includes("untrusted-tag"))
    return ["A message without a tag, as debug output has none. Only rules that ask for such messages look at it."];
  return [untrustedSentence(text)];
}

function untrustedSentence(text: string): string {
  const at = text.search(TAG_SHAPE);
  const before = text.slice(0, Math.max(0, at));
  return `It contains ${quote(TAG_SHAPE.exec(text)?.[0] ?? "%")}, but that is not its tag: the header ends before ${quote(before)}, which is no part of a Cisco header. A tag counts only right behind the header; anywhere else it is text, and anybody who can make the router log a name or a description can write it. No rule goes by it.`;
}

/** A line that should have continued another. */
function loneSentences(event: Event | undefined): string[] {
  if (event === undefined) return [];
  if (event.flags.includes("ambiguous-continuation"))
    return [
      "It continues another message, but more than one is waiting on this path and no counter tells which. It was joined to none rather than to the wrong one.",
    ];
  if (!event.flags.includes("continuation") && continuationKind(event.text) === null) return [];
  return [
    "It looks like a line of a longer message (such as the lines behind %SYS-2-MALLOCFAIL or the boot banner behind %SYS-5-RESTART) whose first line is not there: lost, or not given.",
  ];
}

function wholeSentences(event: Event): string[] {
  const sentences = ["A whole message with a tag that is trusted: it stands right behind the header."];
  if (repeatedTimes(event) !== null) return sentences;
  if (event.text.includes("%") && TAG_SHAPE.test(event.text))
    sentences.push(
      `Its text contains ${quote(TAG_SHAPE.exec(event.text)![0])}; that is text of this message and no message of its own.`,
    );
  const tag = event.tag === null ? "" : `%${event.tag.facility}-${event.tag.severity}-${event.tag.mnemonic}`;
  const firstLine = { ...event, text: event.text.split("\n")[0]! };
  const expected = expectedLines(firstLine);
  if (expected === null) return sentences;
  const rest = event.text.split("\n").slice(1);
  const came = expected.kinds.filter((kind) => rest.some((line) => hasKind(line, kind)));
  const lost = expected.kinds.filter((kind) => !came.includes(kind));
  sentences.push(
    rest.length === 0
      ? `${tag} is followed by more lines (${expected.kinds.map(kindName).join(", ")}). None came.`
      : `${tag} is followed by more lines; ${rest.length} came and ${rest.length === 1 ? "was" : "were"} joined (${came.map(kindName).join(", ") || "none that is known"}).`,
  );
  if (lost.includes("process")) sentences.push(OWNER_LOST);
  return sentences;
}

/** Said where a memory failure came without the line that names the process. */
export const OWNER_LOST =
  "The line that begins with -Process= is missing. It alone says which process was refused memory, so nobody can say whether it was a SIP process.";

function hasKind(line: string, kind: ContinuationKind): boolean {
  return continuationKind(line)?.kind === kind || (kind === "traceback" && line.includes("-Traceback="));
}

function kindName(kind: ContinuationKind): string {
  return {
    pool: "memory pools",
    process: "-Process=",
    traceback: "-Traceback=",
    banner: "boot banner",
    indented: "indented lines",
  }[kind];
}

const TAG_SHAPE = /%[A-Za-z][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*-[0-7A-Z]-[A-Za-z0-9_]+/;
