/** Several messages that form one report: opened, filled and closed in spite of loss, disorder and repetition. */
import type { Millis } from "../model.ts";
import type { Captures, CompiledBlock } from "../rule/compiled.ts";
import type { BlockState, GroupState, Member } from "./state.ts";
import { hasAllRows } from "./table.ts";

/** What a member did to the group's block. */
export type BlockStep = "none" | "kept" | "complete";

/** Blocks that may wait beside the one being filled: forged subjects must not fill memory. */
const MAX_PARKED = 4;

/** Whether this member ends the block that is open, because it is the first line of the next one. */
export function opensNext(block: CompiledBlock, group: GroupState, signal: string): boolean {
  return (
    signal === block.open && group.block !== null && group.block.members.some((member) => member.signal === block.open)
  );
}

/** Turns to the block that this member speaks of, where it says so, and parks the one that was being filled.
 * Only a first line may begin another subject; any other line with an unknown one stays where it came. */
export function turnTo(block: CompiledBlock, group: GroupState, { signal, captures }: Member): void {
  const subject = subjectOf(block, captures);
  const current = group.block;
  if (subject === null || current === null || current.subject === null || current.subject === subject) return;
  const found = group.parked.findIndex((one) => one.subject === subject);
  if (found < 0 && (signal !== block.open || group.parked.length >= MAX_PARKED)) return;
  const next = found < 0 ? null : group.parked.splice(found, 1)[0]!;
  group.parked.push(current);
  group.block = next;
}

/** Puts a member into the group's block, starting one where none is open.
 * `complete`: it has its first line and every row it announced, or it is full. */
export function addMember(
  block: CompiledBlock,
  group: GroupState,
  member: Member,
  dialect: string,
  capped: boolean,
): BlockStep {
  if (group.block === null && (member.signal === block.open || mayStart(block, group, member)))
    group.block = startBlock(block, member, dialect);
  const open = group.block;
  if (open === null) return "none";
  open.members.push(member);
  open.start = Math.min(open.start, member.line.at);
  open.subject ??= subjectOf(block, member.captures);
  open.capped ||= capped;
  if (member.signal === block.open) open.dialect = dialect;
  if (open.members.length >= block.max) return "complete";
  const opened = open.members.some((one) => one.signal === block.open);
  return opened && hasAllRows(block, open.members) ? "complete" : "kept";
}

/** Takes the block that is being filled out of the group, to be judged. */
export function closeBlock(group: GroupState): BlockState | null {
  const block = group.block;
  if (block === null) return null;
  group.block = null;
  group.closed = { at: lastOf(block.members) };
  return block;
}

/** Takes every block out of the group whose time has come, the earliest first. */
export function closeDueBlocks(group: GroupState, at: Millis): BlockState[] {
  const open = openBlocks(group);
  const due = open.filter((block) => block.due <= at);
  if (due.length === 0) return [];
  group.block = null;
  group.parked = open.filter((block) => block.due > at);
  group.closed = { at: lastOf(due.flatMap((block) => block.members)) };
  resume(group);
  return due.sort((a, b) => a.due - b.due);
}

/** When the open blocks of a group are due, ascending. */
export function dueTimes(group: GroupState): Millis[] {
  return [...new Set(openBlocks(group).map((block) => block.due))].sort((a, b) => a - b);
}

/** The parked ones first, in the order in which they were left. */
function openBlocks(group: GroupState): BlockState[] {
  return group.block === null ? [] : [...group.parked, group.block];
}

function lastOf(members: readonly Member[]): Millis {
  return Math.max(...members.map((member) => member.line.at));
}

/** Fills the block left last when none is being filled, and sets the group's timer. */
export function resume(group: GroupState): void {
  group.block ??= group.parked.pop() ?? null;
  const [first] = dueTimes(group);
  if (first === undefined) delete group.timers.block;
  else group.timers.block = first;
}

/** What a line states about whose block it belongs to, without regard to case and spaces. */
function subjectOf(block: CompiledBlock, captures: Captures): string | null {
  const value = block.apart === null ? undefined : captures[block.apart];
  return value === undefined ? null : value.trim().replace(/\s+/g, " ").toLowerCase();
}

/** A row without a first line is held only if it is no straggler of the block just judged. */
function mayStart(block: CompiledBlock, group: GroupState, member: Member): boolean {
  return block.holdOrphans && (group.closed === null || member.line.at - group.closed.at > block.timespan);
}

function startBlock(block: CompiledBlock, member: Member, dialect: string): BlockState {
  const due = member.line.at + block.timespan;
  return { start: member.line.at, due, subject: null, members: [], repeats: 0, capped: false, dialect };
}
