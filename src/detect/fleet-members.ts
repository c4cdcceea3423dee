/** Which routers show a trouble at the same time: runs of reports, and the members of the alert they made. */
import type { Millis } from "../model.ts";
import type { FleetMember } from "./state.ts";

/** Routers that one alert counts, and runs that wait to become one: forged names must not fill memory. */
const MAX_MEMBERS = 1_000;
const MAX_RUNS = 512;
/** Alerts of one router (its nodes) that are linked. */
const MAX_ALERTS = 8;
/** Routers whose line is kept as evidence. */
const MAX_LINES = 20;

/** Enters a report into the runs; gives the run it belongs to. A run has no silence longer than the timespan, so it
 * has a report in every window of that length that it meets. */
export function enterRun(seen: FleetMember[], run: FleetMember, timespan: Millis): FleetMember {
  const [found, ...others] = seen.filter(
    (one) => one.key === run.key && run.last >= one.first - timespan && run.first <= one.last + timespan,
  );
  if (found === undefined) {
    seen.push(run);
    if (seen.length > MAX_RUNS) seen.splice(seen.indexOf(oldest(seen)), 1);
    return run;
  }
  for (const one of [run, ...others]) extend(found, one);
  for (const one of others) seen.splice(seen.indexOf(one), 1);
  return found;
}

/** Runs that share a window of this length with the report at `at`, one a router: those of the earliest window in
 * which they are as many as can be. */
export function countedWith(seen: FleetMember[], run: FleetMember, at: Millis, timespan: Millis): FleetMember[] {
  const starts = seen.map((one) => one.first - timespan).filter((start) => start > at - timespan && start <= at);
  let most: FleetMember[] = [];
  for (const start of [at - timespan, ...starts].sort((a, b) => a - b)) {
    const within = seen.filter((one) => one.last >= start && one.first <= start + timespan);
    const devices = new Map([...within, run].map((one) => [one.key, one]));
    if (devices.size > most.length) most = [...devices.values()];
  }
  return most;
}

/** Where time cannot go back, runs that ended before the window are over. */
export function forgetBefore(seen: FleetMember[], { clock, last }: FleetMember, timespan: Millis): FleetMember[] {
  return clock === "" ? seen.filter((run) => run.clock !== "" || run.last >= last - timespan) : [...seen];
}

/** Makes a router a member, or adds to what it shows; members stand in order of their keys. */
export function enterMember(members: FleetMember[], run: FleetMember): void {
  const i = members.findIndex((member) => member.key >= run.key);
  if (members[i]?.key === run.key) extend(members[i], run);
  else if (members.length < MAX_MEMBERS) members.splice(i < 0 ? members.length : i, 0, run);
}

/** Only the routers that were first keep their line. */
export function keepLines(members: FleetMember[]): void {
  const withLine = members.filter((member) => member.line !== null).sort(byFirst);
  for (const member of withLine.slice(MAX_LINES)) member.line = null;
}

/** The order in which routers showed the trouble. */
export function byFirst(a: FleetMember, b: FleetMember): number {
  return a.first - b.first || (a.key < b.key ? -1 : 1);
}

function extend(run: FleetMember, more: FleetMember): void {
  // Of two nodes at the same moment the line does not depend on which was read first.
  const isEarlier =
    more.first < run.first || (more.first === run.first && (more.line?.raw ?? "") < (run.line?.raw ?? ""));
  if (isEarlier && more.line !== null && run.line !== null) run.line = more.line;
  run.first = Math.min(run.first, more.first);
  if (more.last >= run.last) run.clock = more.clock;
  run.last = Math.max(run.last, more.last);
  run.alerts = [...new Set([...run.alerts, ...more.alerts])].slice(-MAX_ALERTS);
}

function oldest(runs: FleetMember[]): FleetMember {
  return runs.reduce((a, b) => (b.last < a.last || (b.last === a.last && b.key < a.key) ? b : a));
}
