/** What a line is when it is no message, and what about its bytes or its way here a reader should know. */
import { readBanner } from "../../exposure/banner.ts";
import { judgeExposure } from "../../exposure/judge.ts";
import type { Event } from "../../model.ts";
import { decodeText, isUtf8 } from "../../parse/decode.ts";
import type { CompiledRule } from "../../rule/compiled.ts";
import { iosMessage, octetCount } from "../../source/frame-start.ts";
import { repeatedTimes } from "../event.ts";
import { quote } from "./pattern.ts";
import type { Seen } from "./watch.ts";

/** Sentences about the line itself. */
export function hintsOf({ timed, outcome }: Seen, event: Event | undefined, rules: readonly CompiledRule[]): string[] {
  const { line, frame } = timed;
  const { raw } = frame;
  const hints: string[] = [];
  if (line.prompt !== null) hints.push(promptHint(line.prompt, line.text));
  hints.push(...octetHints(raw), ...streamHints(line.text), ...byteHints(raw));
  const { tag, text } = line;
  if (LINE_CARD.test(text) || (tag !== null && /^SIP(?:\d|SPA)/.test(tag.facility)))
    hints.push("SIP is a SPA Interface Processor here, a line card, and not the telephony protocol.");
  const namesake = OTHER_SIP.exec(text)?.[0];
  if (namesake !== undefined)
    hints.push(`${quote(namesake)} has nothing to do with the telephony protocol, whose processes are named CCSIP_….`);
  const times = event === undefined ? null : repeatedTimes(event);
  if (times !== null)
    hints.push(
      `It stands for ${times} more of the message before it from the same router; that message decides what it means.`,
    );
  if (outcome !== "parsed" && outcome !== "joined" && line.prompt === null)
    hints.push(...releaseHints(decodeText(raw), rules));
  return hints;
}

function promptHint(host: string, text: string): string {
  if (text === "") return `This is the prompt of a terminal session on ${host}, not a message.`;
  return `This is a prompt of ${host} with a command (${quote(text)}), not a message: somebody typed these words, the router did not log them. A name in a command shows nothing; what counts is the output below it, and no line below an \`| include\` means that there is none.`;
}

/** `35 <189>…`: RFC 6587 octet counting, which only a TCP listener takes off. */
function octetHints(raw: Uint8Array): string[] {
  const found = octetCount(raw, 0, raw.length);
  if (found === null || found === "more") return [];
  const rest = raw.length - found.header;
  const fits =
    found.count === rest
      ? "It is right here."
      : `It says ${found.count}, but ${rest} bytes follow: a listener takes the first ${found.count} bytes as the message and looks for the next one right behind them, so ${found.count < rest ? "the rest of this one is read as another line" : "the beginning of the next one is swallowed"}. Mend the sender.`;
  return [
    `The number before \`<\` is a length that senders put before each message on TCP. A TCP listener takes it off; in a file it is a stray number. ${fits}`,
  ];
}

/** `…CLI initiated<189>33: …`: an IOS TCP stream without separators. A PRI inside a header is a relay's. */
function streamHints(text: string): string[] {
  const bytes = Buffer.from(text);
  const counted = octetCount(bytes, 0, bytes.length);
  const start = counted === null || counted === "more" ? 0 : counted.header;
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] !== LESS_THAN || iosMessage(bytes, at, bytes.length) !== "yes") continue;
    const next = decodeText(bytes.subarray(at, at + 30));
    return [
      `${quote(next)} in the text looks like the beginning of another message. IOS puts nothing between messages on TCP unless \`logging delimiter tcp\` is set, so a TCP listener cuts there while the connection has shown no separator. A datagram or a line of a file is one message, and what stands behind its beginning is text. If these are two messages, put each on a line of its own to have it explained.`,
    ];
  }
  return [];
}

const LESS_THAN = 0x3c;

function byteHints(raw: Uint8Array): string[] {
  const hints: string[] = [];
  if (!isUtf8(raw))
    hints.push("Some bytes are not UTF-8; they are read as U+FFFD, and the rest of the line counts as it is.");
  if (raw[0] === 0xef && raw[1] === 0xbb && raw[2] === 0xbf)
    hints.push("It begins with a byte order mark (BOM), which is skipped.");
  if (raw.includes(0)) hints.push("It contains NUL bytes; at the end of a message they are cut off.");
  return hints;
}

/** Lines of `show version` that name a release, or seem to. */
function releaseHints(text: string, rules: readonly CompiledRule[]): string[] {
  if (BOOT_LOADER.test(text))
    return [
      "It names the release of the boot loader (ROM, bootstrap, BOOTLDR). The release in a bootstrap line is not the router's release, so nothing is learnt from it.",
    ];
  const banner = readBanner(text);
  if (banner === null) return [];
  const advisories = new Map(rules.map((rule) => [rule.advisory.id, rule.advisory]));
  return [
    `It is a line of a version banner, not a message: it names ${OS_NAMES[banner.os] ?? banner.os} ${banner.release}. Telltale learns a release from the banner behind %SYS-5-RESTART only.`,
    ...(banner.os === "ios-xe"
      ? [
          "IOS XE names the IOS inside it too, in the form of a release of IOS. That one does not count: the advisories ask for the system first.",
        ]
      : []),
    ...[...advisories.values()].flatMap((advisory) => {
      if (advisory.exposure === null) return [];
      const { state, reason } = judgeExposure(advisory.exposure, { os: banner.os, release: banner.release });
      return `By this line alone, for ${advisory.id}: ${state}. ${reason.en}`;
    }),
  ];
}

/** Names of systems as people write them. */
export const OS_NAMES: Record<string, string> = {
  ios: "IOS",
  "ios-xe": "IOS XE",
  "ios-xr": "IOS XR",
  "nx-os": "NX-OS",
  asa: "ASA",
};

// ` SIP0: fman_fp_image: …`
const LINE_CARD = /^ {0,2}SIP\d{1,2}(?:\/\d{1,2})?: /;
// Processes and subsystems of IOS; SIP is another word there.
const OTHER_SIP = /\b(?:(?:PPP|DHCP) SIP|IP SIP Process|S(?:IP|ip) MPA)\b/;
const BOOT_LOADER = /^[ \t]*(?:ROM|BOOTLDR|BOOT)\s*:|System Bootstrap/;
