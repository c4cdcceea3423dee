/** Which processes `show processes` lists, and which it would have listed if they ran. */

import { isRefused, type Section } from "./capture.ts";
import type { ProcessCheck } from "./types.ts";

/** Looks for the processes by name, in every capture of one router; a later capture outranks an earlier one. */
export function readProcesses(sections: readonly Section[], names: readonly string[]): ProcessCheck {
  const runs = new Map<string, boolean>();
  for (const section of sections) {
    if (section.command !== null && !ANY_COMMAND.test(section.command)) continue;
    for (const name of coveredBy(section, names)) runs.set(name, false);
    for (const name of listed(section, names)) runs.set(name, true);
  }
  const checked = names.filter((name) => runs.has(name));
  return { checked, running: checked.filter((name) => runs.get(name) === true) };
}

/** Whether the section is from a command that lists processes, or holds such a table. */
export function isProcessTable(section: Section): boolean {
  if (section.command !== null) return ANY_COMMAND.test(section.command);
  return section.lines.some((line) => HEAD.test(line));
}

/** The system that prints such a table, where only one does. */
export function systemOfTable(section: Section): "ios-xr" | "nx-os" | null {
  if (!isProcessTable(section)) return null;
  if (section.lines.some((line) => XR_HEAD.test(line))) return "ios-xr";
  return section.lines.some((line) => NX_OS_HEAD.test(line)) ? "nx-os" : null;
}

// sh proc     show processes cpu sorted     show processes location 0/1/CPU0 | include ipsec
const ANY_COMMAND = /^(?:do[ \t]+|admin[ \t]+)?sho?w?[ \t]+proc[a-z]*(?:[ \t]|\||$)/i;
// The forms that list every process:
// show processes | include ipsec     sh proc cpu sorted     show processes memory sorted | i SIP
const COMMAND =
  /^(?:do[ \t]+)?sho?w?[ \t]+proc[a-z]*(?:[ \t]+(?:cpu|mem[a-z]*))?(?:[ \t]+sor[a-z]*)?[ \t]*(?:\|[ \t]*(.*))?$/i;

// JID    TID  Stack  pri  state        NAME             rt_pri
//  PID QTy       PC Runtime (ms)    Invoked   uSecs    Stacks TTY Process
const HEAD = /^[ \t]*(?:JID|PID)[ \t].*(?:NAME|Process)\b/;
// JID    TID  Stack  pri  state        NAME             rt_pri        PID    1Min    5Min    15Min Process
const XR_HEAD =
  /^[ \t]*JID[ \t]+(?:TID|PID|Text|LastStarted)\b|^[ \t]*PID[ \t]+1Min[ \t]+5Min[ \t]+15Min[ \t]+Process\b/;
// PID    State  PC        Start_cnt    TTY   Type  Process        -----  -----------  --------  -----  ------  ------
const NX_OS_HEAD =
  /^[ \t]*PID[ \t]+State[ \t]+PC[ \t]+Start_cnt\b|^[ \t]*-----[ \t]+-----------[ \t]+--------[ \t]+-----/;

const INCLUDE = /^i(?:n[a-z]*)?[ \t]+"?([A-Za-z0-9_|]+)"?$/i;

// 222 5460 0K 20 Sleeping ipsec_mp 0
//  149 Mwe 40F48254          4          1    400023108/24000  0 CCSIP_UDP_SOCKET
// Rows begin with a number; the echo of a command does not, nor does a process of NX-OS that is not running.
const ROW = /^[ \t]*\d{1,10}[ \t]/;
// A row that the terminal wrapped leaves the name, whole or in part.
const REST_OF_ROW = /^[ \t]*[A-Za-z0-9_.*-]{1,64}(?:[ \t]+\d{1,3})?[ \t]*$/;

/** IOS cuts the last column at so many characters. */
const IOS_COLUMN = 16;

function listed(section: Section, names: readonly string[]): readonly string[] {
  const rows = rowsOf(section.lines);
  const has = (name: string): boolean => rows.some((row) => row.includes(` ${name} `));
  return names.filter((name) => has(name) || (name.length > IOS_COLUMN && has(name.slice(0, IOS_COLUMN))));
}

/** The rows with single blanks around every word; a row that was wrapped is there in both readings. */
function rowsOf(lines: readonly string[]): string[] {
  const rows: string[] = [];
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (!ROW.test(line)) continue;
    const next = lines[i + 1] ?? "";
    const parts =
      !ROW.test(next) && REST_OF_ROW.test(next) ? [line, `${line} ${next}`, line.trimEnd() + next.trim()] : [line];
    for (const part of parts) rows.push(` ${part.trim().replace(/[ \t]+/g, " ")} `);
  }
  return rows;
}

/** The names that the section would show: `| include ipsec_pp` says nothing about ipsec_mp. */
function coveredBy(section: Section, names: readonly string[]): readonly string[] {
  if (section.cut || isRefused(section)) return [];
  const command = section.command === null ? null : COMMAND.exec(section.command);
  if (section.command !== null && command === null) return [];
  const filter = command?.[1];
  if (filter === undefined) return section.lines.some((line) => HEAD.test(line)) ? names : [];
  const words = INCLUDE.exec(filter.trim())?.[1]?.split("|") ?? [];
  return names.filter((name) => words.some((word) => word !== "" && name.slice(0, IOS_COLUMN).includes(word)));
}
