/** A block's rows read as a table: sums, top, share, and whether rows may be missing. */
import type { Captures, CompiledBlock, Facts } from "../rule/compiled.ts";
import type { Member } from "./state.ts";

/** Facts about a block for the verdicts: opened, closed, table, rows, missing, short (rows are known to be lost),
 * doubtful (rows cannot all be the router's), users, top, share, pid, and the captures of every signal that is no row.
 * `gaps` are the device's counters that never came. */
export function readTable(block: CompiledBlock, members: Member[], gaps: readonly number[]): Facts {
  const facts: Facts = {};
  for (const member of inPrintingOrder(block, members)) {
    for (const [name, value] of Object.entries(member.captures)) facts[name] ??= asFact(value);
  }
  const rows = distinctRows(block, members);
  const expected = expectedRows(block, members);
  const missing = holes(block, members, gaps);
  facts.opened = members.some((member) => member.signal === block.open);
  facts.closed = members.some((member) => member.signal === block.close);
  facts.rows = rows.length;
  facts.missing = missing;
  facts.short = missing > 0 || rows.length < (expected[0] ?? 0);
  facts.doubtful = isDoubtful(block, members, rows, expected);
  facts.table =
    rows.length === 0 ? "none" : isComplete(rows.length, expected, members, missing) ? "complete" : "partial";
  const sums = sumByName(block, rows);
  facts.users = [...sums.keys()].sort();
  const top = topOf(sums);
  const total = [...sums.values()].reduce((all, { weight }) => all + weight, 0);
  facts.top = top.length === 0 ? null : top.length === 1 ? top[0]! : top;
  facts.share = top.length === 0 || total === 0 ? null : sums.get(top[0]!)!.weight / total;
  facts[block.table.key] = top.length === 0 ? null : sums.get(top[0]!)!.key;
  return facts;
}

/** What the rows of each name weigh together, and the key of the heaviest of them. */
type Sums = Map<string, { weight: number; heaviest: number; key: number }>;

function sumByName(block: CompiledBlock, rows: Captures[]): Sums {
  const sums: Sums = new Map();
  for (const row of rows) {
    const name = rowName(block, row);
    const weight = Number(row[block.table.weight]);
    const key = Number(row[block.table.key]);
    const sum = sums.get(name) ?? { weight: 0, heaviest: -1, key };
    sum.weight += weight;
    if (weight > sum.heaviest || (weight === sum.heaviest && key < sum.key)) {
      sum.heaviest = weight;
      sum.key = key;
    }
    sums.set(name, sum);
  }
  return sums;
}

/** Whoever ties at the top is at the top: a neighbour's name must not decide. */
function topOf(sums: Sums): string[] {
  const most = Math.max(...[...sums.values()].map(({ weight }) => weight));
  return [...sums].flatMap(([name, { weight }]) => (weight === most ? [name] : [])).sort();
}

/** What is no row, in the order in which the router prints it: disorder on the way changes no fact. */
function inPrintingOrder(block: CompiledBlock, members: Member[]): Member[] {
  return members
    .filter(({ signal }) => signal !== block.rows)
    .sort((a, b) => block.order.indexOf(a.signal) - block.order.indexOf(b.signal));
}

/** The same user, key and weight twice is one row: a datagram that came again. */
function distinctRows(block: CompiledBlock, members: Member[]): Captures[] {
  const seen = new Set<string>();
  const rows: Captures[] = [];
  for (const { signal, captures } of members) {
    if (signal !== block.rows) continue;
    const print = JSON.stringify([captures[block.table.name], captures[block.table.key], captures[block.table.weight]]);
    if (seen.has(print)) continue;
    seen.add(print);
    rows.push(captures);
  }
  return rows;
}

function rowName(block: CompiledBlock, row: Captures): string {
  const name = row[block.table.name] ?? "";
  return block.table.basename ? name.slice(name.lastIndexOf("/") + 1) : name;
}

/** Row counts that the block states of itself; null when that line never came. */
function expectedRows(block: CompiledBlock, members: Member[]): (number | null)[] {
  return block.table.expect.map(({ signal, capture }) => {
    const value = members.find((member) => member.signal === signal)?.captures[capture];
    return value === undefined ? null : Number(value);
  });
}

/** True once the block has every row it announced. */
export function hasAllRows(block: CompiledBlock, members: Member[]): boolean {
  const rows = distinctRows(block, members).length;
  return rows > 0 && expectedRows(block, members).some((expected) => expected !== null && rows >= expected);
}

/** The first stated count is exact ("Only 2 users found"); the others are limits ("Top 5 users"). */
function isComplete(rows: number, expected: (number | null)[], members: Member[], missing: number): boolean {
  if (expected.some((n) => n !== null && rows >= n)) return true;
  if (expected[0] !== null && expected[0] !== undefined) return false;
  return missing === 0 && members.every((member) => member.counter !== null) && hasCounters(members);
}

/** Counters further apart than this are of no one block. */
const NEAR = 64;

/** Whether the rows cannot all be the router's: there are more than it announced, or their numbers do not fit. A row
 * that came again with a number of its own is no doubt, nor are those of the block before or behind, of the same flood or
 * from before the router began to count anew, as long as the block's own rows have the same top. */
function isDoubtful(block: CompiledBlock, members: Member[], rows: Captures[], expected: (number | null)[]): boolean {
  const isMore = (count: number) => expected.some((n) => n !== null && count > n);
  const prints = new Map<number, Set<string>>();
  for (const member of members) {
    const { counter } = member;
    if (counter !== null) prints.set(counter, (prints.get(counter) ?? new Set<string>()).add(printOf(member)));
  }
  if (prints.size === 0) return isMore(rows.length);
  const single = members.filter(({ counter }) => counter !== null && prints.get(counter)!.size === 1);
  if (distinctRows(block, single).length < rows.length) return true;
  const first = members.find(({ signal }) => signal === block.open)?.counter ?? 0;
  const last = members.find(({ signal }) => signal === block.close)?.counter ?? Infinity;
  const until = Math.min(last < first ? Infinity : last, first === 0 ? Infinity : first + NEAR);
  const own = distinctRows(
    block,
    single.filter(({ counter }) => counter! >= first && counter! <= until),
  );
  return isMore(own.length) || topOf(sumByName(block, own)).join() !== topOf(sumByName(block, rows)).join();
}

function printOf({ signal, captures }: Member): string {
  return JSON.stringify([signal, captures]);
}

function hasCounters(members: Member[]): boolean {
  return new Set(members.map((member) => member.counter)).size > 1;
}

/** How many messages are missing inside the block where a row may have been: column heads and the
 * closing line that are lost explain a hole of their own size. */
function holes(block: CompiledBlock, members: Member[], gaps: readonly number[]): number {
  const numbered = members.filter((member) => member.counter !== null).sort((a, b) => a.counter! - b.counter!);
  const rowRank = block.order.indexOf(block.rows);
  const present = new Set(members.map((member) => member.signal));
  let missing = 0;
  for (let i = 1; i < numbered.length; i++) {
    const [before, after] = [numbered[i - 1]!, numbered[i]!];
    const hole = gaps.filter((counter) => counter > before.counter! && counter < after.counter!).length;
    if (hole === 0) continue;
    const from = block.order.indexOf(before.signal);
    const to = block.order.indexOf(after.signal);
    if (to < rowRank || from > rowRank) continue;
    const heads = block.order.filter((signal, rank) => rank > from && rank < rowRank && !present.has(signal)).length;
    if (hole > heads) missing += hole - heads;
  }
  return missing + holeAtEnd(block, numbered, gaps);
}

/** Messages missing right behind a block whose closing line never came: one of them may be that line. */
function holeAtEnd(block: CompiledBlock, numbered: Member[], gaps: readonly number[]): number {
  const last = numbered.at(-1);
  if (last === undefined || numbered.some(({ signal }) => signal === block.close)) return 0;
  let hole = 0;
  while (gaps.includes(last.counter! + hole + 1)) hole++;
  const from = block.order.indexOf(last.signal);
  const explained = block.order.filter((_, rank) => rank > from && rank !== block.order.indexOf(block.rows)).length;
  return Math.max(0, hole - explained);
}

function asFact(value: string): string | number {
  return /^\d{1,15}$/.test(value) ? Number(value) : value;
}
