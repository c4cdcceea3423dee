/** Blocks as reports: entered line by line, judged when whole, counted again when repeated. */
import type { Event, Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { addMember, closeBlock, closeDueBlocks, opensNext, resume, turnTo } from "./block.ts";
import { report } from "./episode.ts";
import { noteProof, settle } from "./group.ts";
import {
  addDeviceFacts,
  addressOf,
  type Bench,
  type Decision,
  decided,
  enterReport,
  indicatorOf,
  isCapped,
  keep,
} from "./report.ts";
import type { BlockState, GroupState, Member } from "./state.ts";
import { readTable } from "./table.ts";

export function enterBlock(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  event: Event,
  member: Member,
): Decision[] {
  const block = rule.block!;
  turnTo(block, group, member);
  const decisions = opensNext(block, group, member.signal) ? judgeBlock(bench, rule, key, group, event.at) : [];
  const device = bench.state.devices.get(group.deviceKey);
  const step = addMember(block, group, member, event.dialect, isCapped(event, device));
  if (group.block !== null && group.block.members.length === 1) group.address = addressOf(event);
  if (step === "complete") decisions.push(...judgeBlock(bench, rule, key, group, event.at));
  resume(group);
  return decisions;
}

/** Judges every block of the group whose time has come. */
export function judgeDueBlocks(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  at: Millis,
): Decision[] {
  return closeDueBlocks(group, at).flatMap((block) => judge(bench, rule, key, group, block, at));
}

/** Judges the block that is being filled. */
function judgeBlock(bench: Bench, rule: CompiledRule, key: string, group: GroupState, at: Millis): Decision[] {
  const block = closeBlock(group);
  return block === null ? [] : judge(bench, rule, key, group, block, at);
}

function judge(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState,
  block: BlockState,
  at: Millis,
): Decision[] {
  const device = bench.state.devices.get(group.deviceKey);
  if (device === undefined) return [];
  const facts = readTable(rule.block!, block.members, device.gap.missing);
  addDeviceFacts(facts, rule, device, block.dialect);
  const lines = block.members.map((member) => member.line);
  const last = Math.max(...lines.map((line) => line.at));
  const weight = 1 + block.repeats;
  const decisions = enterReport(bench, rule, key, group, facts, block.capped, {
    first: block.start,
    last,
    lines,
    weight,
    address: group.address,
  });
  return decisions.map((decision) => (decision.kind === "alert" ? { ...decision, at } : decision));
}

export function repeatBlock(
  bench: Bench,
  rule: CompiledRule,
  key: string,
  group: GroupState | undefined,
  event: Event,
  times: number,
): Decision[] {
  if (group === undefined) return [];
  noteProof(group, event);
  if (group.block !== null) {
    group.block.repeats += times;
    bench.state.dirtyGroups.add(key);
    return [];
  }
  if (group.episode === null) return [];
  const before = { ...group.timers };
  const lines = [keep(event)];
  const again = {
    judgement: group.episode.judgement,
    first: event.at,
    last: event.at,
    lines,
    weight: times,
    address: null,
  };
  const decisions = decided(rule, key, group, report(rule, group, again), event.at, indicatorOf(again, true));
  settle(bench.state, key, group, before, bench.put);
  return decisions;
}
