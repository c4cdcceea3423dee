/** Several messages that form one report: opened, filled and closed in spite of loss, disorder and repetition. */
import type { CompiledBlock } from "../rule/compiled.ts";
import type { BlockState, GroupState, Member } from "./state.ts";
import { hasAllRows } from "./table.ts";

/** What a member did to the group's block. */
export type BlockStep = "none" | "kept" | "complete";

/** Whether this member ends the block that is open, because it is the first line of the next one. */
export function opensNext(block: CompiledBlock, group: GroupState, signal: string): boolean {
  return (
    signal === block.open && group.block !== null && group.block.members.some((member) => member.signal === block.open)
  );
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
  let open = group.block;
  if (open === null) {
    if (member.signal !== block.open && !mayStart(block, group, member)) return "none";
    open = startBlock(member, dialect);
    group.block = open;
    group.timers.block = member.line.at + block.timespan;
  }
  open.members.push(member);
  open.start = Math.min(open.start, member.line.at);
  open.capped ||= capped;
  if (member.signal === block.open) open.dialect = dialect;
  if (open.members.length >= block.max) return "complete";
  const opened = open.members.some((one) => one.signal === block.open);
  return opened && hasAllRows(block, open.members) ? "complete" : "kept";
}

/** Takes the block out of the group, to be judged. */
export function closeBlock(group: GroupState): BlockState | null {
  const block = group.block;
  if (block === null) return null;
  group.block = null;
  delete group.timers.block;
  group.closed = { at: Math.max(...block.members.map((member) => member.line.at)) };
  return block;
}

/** A row without a first line is held only if it is no straggler of the block just judged. */
function mayStart(block: CompiledBlock, group: GroupState, member: Member): boolean {
  return block.holdOrphans && (group.closed === null || member.line.at - group.closed.at > block.timespan);
}

function startBlock(member: Member, dialect: string): BlockState {
  return { start: member.line.at, members: [], repeats: 0, capped: false, dialect };
}
