/** The same trouble on several routers within a time: one more alert, which names them and is linked with theirs. */
import type { AlertChange, Level, Millis } from "../model.ts";
import { LEVELS } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { levelOn } from "./advise.ts";
import { endOf, hasEnded, report } from "./episode.ts";
import { byFirst, countedWith, enterMember, enterRun, forgetBefore, keepLines } from "./fleet-members.ts";
import { newGroup, putGroup, settle } from "./group.ts";
import { encodeKey } from "./id.ts";
import type { Bench, Decision } from "./report.ts";
import type { DetectState, DeviceState, Episode, FleetMember, GroupState, KeptLine } from "./state.ts";

/** What a report counts as, for the fleet. */
export interface Indicator {
  level: Level;
  at: Millis;
  line: KeptLine;
}

/** Stands for the device of an alert about several; no router is called that. */
const FLEET = "*";
/** Alerts of one router (its nodes) that are linked, and fleets that one alert is linked with. */
const MAX_LINKS = 8;
/** Files of several routers are read one after another: what one of them showed is remembered for the others. */
const REMEMBERED: Millis = 366 * 86_400_000;

type AlertDecision = Extract<Decision, { kind: "alert" }>;

/** Enters what one router's alert was decided into its rule's fleet; gives what that decides for others. To be
 * called before the decision is told, so that the alert is told with its link. */
export function enterFleet(bench: Bench, decision: Decision): Decision[] {
  if (decision.kind !== "alert" || decision.indicator === null || decision.rule.fleet === null) return [];
  const { rule, group: single, indicator, episode } = decision;
  const device = bench.state.devices.get(single.deviceKey);
  // Who speaks in a router's name from elsewhere is no second router.
  if (device === undefined || device.apart !== null) return [];
  if (!counts(rule, indicator, device) || !comparable(single, device)) return [];
  const key = encodeKey([rule.id, FLEET, null, "fleet"]);
  const group = fleetGroup(bench.state, rule, key, single.clock);
  const clock = group.clock;
  const timers = { ...group.timers };
  const run: FleetMember = {
    key: single.deviceKey,
    name: single.device,
    first: indicator.at,
    last: indicator.at,
    clock: single.clock,
    line: indicator.line,
    alerts: [episode.id],
  };
  const changes = enter(rule, group, run);
  const opened = changes.length === 0 ? null : group.episode;
  const links = opened === null ? [] : linkAll(bench.state, rule, opened, decision);
  group.clock = clockOf(group);
  if (group.clock !== "") group.timers.expire = indicator.at + REMEMBERED;
  settle(bench.state, key, group, group.clock === clock ? timers : {}, bench.put);
  if (opened === null) return [];
  const told: Decision = {
    kind: "alert",
    rule,
    key,
    group,
    episode: opened,
    changes,
    at: indicator.at,
    indicator: null,
  };
  return [...links, told];
}

function enter(rule: CompiledRule, group: GroupState, run: FleetMember): AlertChange[] {
  const { timespan, gte } = rule.fleet!;
  if (group.episode !== null && hasEnded(rule, group.episode, run.last)) group.episode = null;
  if (group.episode !== null && run.last >= group.episode.start - timespan)
    return join(rule, group, group.episode, run);
  // Another time than that of the alert: only where the files of several routers are read one after another.
  const seen = forgetBefore(group.seen!, run, timespan);
  const whole = enterRun(seen, run, timespan);
  group.seen = seen;
  const counted = countedWith(seen, whole, run.last, timespan);
  if (group.episode === null && counted.length >= gte) return open(rule, group, counted);
  group.timers.expire = Math.max(group.timers.expire ?? 0, run.last + timespan + 1);
  return [];
}

function open(rule: CompiledRule, group: GroupState, counted: FleetMember[]): AlertChange[] {
  const start = Math.min(...counted.map((run) => run.first));
  const changes = enterReport(rule, group, start, Math.max(...counted.map((run) => run.last)));
  const episode = group.episode!;
  const members: FleetMember[] = [];
  for (const run of counted) enterMember(members, run);
  group.seen = group.seen!.filter((run) => !counted.includes(run));
  // What was read before and belongs to the same time joins, as it would have in the order of time.
  for (const run of [...group.seen].sort(byFirst)) {
    if (run.last < start - rule.fleet!.timespan || run.first > endOf(rule, episode)) continue;
    group.seen = group.seen.filter((one) => one !== run);
    enterMember(members, run);
    enterReport(rule, group, run.last, run.last);
  }
  keepLines(members);
  episode.fleet = { members, told: members.length, linked: false };
  episode.count = members.length;
  return changes;
}

/** In a wave the alert is told anew each time it has doubled; each router has its own alert besides. */
function join(rule: CompiledRule, group: GroupState, episode: Episode, run: FleetMember): AlertChange[] {
  const fleet = episode.fleet!;
  enterMember(fleet.members, run);
  keepLines(fleet.members);
  const changes = enterReport(rule, group, run.last, run.last);
  episode.count = fleet.members.length;
  if (fleet.members.length < 2 * fleet.told) return changes;
  fleet.told = fleet.members.length;
  return [...changes.filter((change) => change !== "updated"), "raised"];
}

/** The fleet's episode goes the way of every other: opened, going on, quiet, closed, opened anew. */
function enterReport(rule: CompiledRule, group: GroupState, first: Millis, last: Millis): AlertChange[] {
  const { verdict, level, confidence } = rule.fleet!;
  const judgement = { verdict, level, confidence, details: {}, caveats: [], split: false };
  return report(rule, group, { judgement, first, last, lines: [], weight: 0, address: null });
}

/** Whether the report is of a real indicator, on this release. */
function counts(rule: CompiledRule, { level }: Indicator, device: DeviceState): boolean {
  return LEVELS.indexOf(levelOn(rule, level, device)) >= LEVELS.indexOf(rule.fleet!.from);
}

/** Times of arrival and of a relay are of one clock. A router's own stamps compare with another's only while the
 * router says that its clock is set and follows a time server, and a line without a stamp compares with nothing. */
function comparable(single: GroupState, device: DeviceState): boolean {
  return single.clock === "" || (single.clock === single.deviceKey && device.facts.clock === "ok");
}

function fleetGroup(state: DetectState, rule: CompiledRule, key: string, clock: string): GroupState {
  const found = state.groups.get(key);
  if (found !== undefined) return found;
  const group: GroupState = { ...newGroup(rule, FLEET, null, clock), seen: [] };
  putGroup(state, key, group);
  return group;
}

/** Timers run on the clock of the router that was heard last; where several were, on the first by name. */
function clockOf({ episode, seen }: GroupState): string {
  const all = [...(episode?.fleet?.members ?? []), ...seen!];
  const newest = Math.max(...all.map((run) => run.last));
  return all.flatMap((run) => (run.last === newest ? [run.clock] : [])).sort()[0]!;
}

/** Links the routers' alerts with the fleet's; the one that is being decided is told with its link anyway. */
function linkAll(state: DetectState, rule: CompiledRule, { id, fleet }: Episode, now: AlertDecision): Decision[] {
  link(now.group, id);
  if (fleet!.linked) return [];
  fleet!.linked = true;
  return fleet!.members.flatMap((member) =>
    [...(state.groupsByDevice.get(member.key) ?? [])].sort().flatMap((key): Decision[] => {
      const group = state.groups.get(key)!;
      const { episode } = group;
      if (episode === null || !member.alerts.includes(episode.id) || !link(group, id)) return [];
      state.dirtyGroups.add(key);
      return [{ kind: "alert", rule, key, group, episode, changes: ["updated"], at: member.last, indicator: null }];
    }),
  );
}

function link(group: GroupState, id: string): boolean {
  const { episode } = group;
  if (episode === null || episode.related.includes(id)) return false;
  episode.related = [...episode.related, id].slice(-MAX_LINKS);
  return true;
}
