/** Which processes `show processes` lists, and whether the capture would have listed them. */

import { isRefused, readSections, type Section } from "./capture.ts";
import type { ProcessCheck } from "./types.ts";

/** Looks for the processes by name; `checked` means that all of them would be seen if they ran. */
export function readProcesses(text: string, names: readonly string[]): ProcessCheck {
  const sections = readSections(text).filter(isProcessTable);
  const covered = new Set(sections.filter((section) => !isRefused(section)).flatMap((one) => coveredBy(one, names)));
  const words = new Set(sections.flatMap((section) => section.lines).flatMap((line) => line.split(/\s+/)));
  const running = names.filter((name) => words.has(name));
  return { checked: running.length > 0 || names.every((name) => covered.has(name)), running };
}

// show processes | include ipsec     sh proc cpu sorted     show processes memory sorted | i SIP
const COMMAND = /^sho?w?[ \t]+proc[a-z]*(?:[ \t]+(?:cpu|memory))?(?:[ \t]+sorted)?[ \t]*(?:\|[ \t]*(.*))?$/;

// JID    TID  Stack  pri  state        NAME             rt_pri
//  PID QTy       PC Runtime (ms)    Invoked   uSecs    Stacks TTY Process
const HEAD = /^[ \t]*(?:JID|PID)[ \t].*(?:NAME|Process)\b/;

const INCLUDE = /^i(?:n[a-z]*)?[ \t]+"?([A-Za-z0-9_|]+)"?$/;

function isProcessTable(section: Section): boolean {
  return section.command === null ? section.lines.some((line) => HEAD.test(line)) : COMMAND.test(section.command);
}

/** The names that the section's filter lets through: `| include ipsec_pp` says nothing about ipsec_mp. */
function coveredBy(section: Section, names: readonly string[]): readonly string[] {
  const filter = section.command === null ? undefined : COMMAND.exec(section.command)?.[1];
  if (filter === undefined) return section.lines.some((line) => HEAD.test(line)) ? names : [];
  const words = INCLUDE.exec(filter.trim())?.[1]?.split("|") ?? [];
  return names.filter((name) => words.some((word) => word !== "" && name.includes(word)));
}
