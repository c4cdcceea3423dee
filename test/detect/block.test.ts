/** Packet memory blocks in spite of loss, disorder, repetition and each other. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addMember, closeBlock, opensNext } from "../../src/detect/block.ts";
import type { GroupState, Member } from "../../src/detect/state.ts";
import { readTable } from "../../src/detect/table.ts";
import { linkUp, packetMemory } from "../support/lines.ts";
import { ruleOf, SECOND, Stage } from "../support/stage.ts";

const block = ruleOf("packet-memory-exhausted").block!;
const member = (signal: string, counter: number | null, captures: Member["captures"] = {}, at = 0): Member => ({
  signal,
  counter,
  captures,
  line: { at, raw: "" },
});
const row = (user: string, pid: number, count: number, counter: number | null = null) =>
  member("row", counter, { user, pid: String(pid), count: String(count) });
const open = (counter: number | null, level = 100) =>
  member("depletion", counter, { level: String(level), resource: "PAK FSV" });
const end = (counter: number | null, rows: number) =>
  member("end", counter, { rows: String(rows), resource: "PAK FSV" });

describe("a table", () => {
  const rows = fc.array(
    fc.tuple(fc.constantFrom("ipsec_pp", "pkg/bin/ipsec_pp", "udp", "netio", "a"), fc.nat(9), fc.nat(1000)),
    { minLength: 1, maxLength: 8 },
  );

  test("has the top and the share that a plain sum gives, in any order", () => {
    fc.assert(
      fc.property(rows, fc.infiniteStream(fc.nat(1000)), (all, stream) => {
        const places = [...stream.take(all.length)];
        const shuffled = all
          .map((one, i) => [places[i]!, one] as const)
          .sort((a, b) => a[0] - b[0])
          .map(([, one]) => one);
        const sums = new Map<string, number>();
        for (const text of new Set(all.map((one) => JSON.stringify(one)))) {
          const [user, , count] = JSON.parse(text) as [string, number, number];
          const name = user.slice(user.lastIndexOf("/") + 1);
          sums.set(name, (sums.get(name) ?? 0) + count);
        }
        const total = [...sums.values()].reduce((a, b) => a + b, 0);
        const facts = readTable(block, [open(null), ...shuffled.map((one) => row(...one))], []);
        expect(sums.get(String([facts.top].flat()[0]))).toBe(Math.max(...sums.values()));
        expect(facts.share).toBe(total === 0 ? null : Math.max(...sums.values()) / total);
        expect(facts).toEqual(readTable(block, [...all.map((one) => row(...one)), open(null)], []));
      }),
    );
  });

  test.each<[string, Member[], number[], string, number]>([
    ["rows as announced", [open(1), row("a", 1, 1, 4), end(5, 1)], [2, 3], "complete", 0],
    ["a row fewer than announced", [open(1), row("a", 1, 1, 4), end(6, 2)], [2, 3, 5], "partial", 1],
    [
      "rows as announced, though a foreign message is lost between",
      [open(1), row("a", 1, 1, 2), end(4, 1)],
      [3],
      "complete",
      1,
    ],
    ["a hole that lost column heads explain", [open(1), row("a", 1, 1, 4)], [2, 3], "complete", 0],
    ["a hole larger than the column heads", [open(1), row("a", 1, 1, 5)], [2, 3, 4], "partial", 1],
    ["a hole between two rows", [open(1), row("a", 1, 1, 2), row("b", 2, 1, 4)], [3], "partial", 1],
    [
      "a counter that skips but was another node's line",
      [open(1), row("a", 1, 1, 2), row("b", 2, 1, 4)],
      [],
      "complete",
      0,
    ],
    ["a lost closing line behind the last row", [open(1), row("a", 1, 1, 2)], [3], "complete", 0],
    ["more lost behind the last row than the closing line", [open(1), row("a", 1, 1, 2)], [3, 4], "partial", 1],
    ["messages lost long after the block", [open(1), row("a", 1, 1, 2)], [9, 10, 11], "complete", 0],
    ["messages lost before the block", [open(4), row("a", 1, 1, 5)], [1, 2, 3], "complete", 0],
    ["no counters, no closing line", [open(null), row("a", 1, 1)], [], "partial", 0],
    ["no counters, a closing line", [open(null), row("a", 1, 1), end(null, 1)], [], "complete", 0],
    ["no rows", [open(1), end(6, 2)], [2, 3, 4, 5], "none", 2],
    ["a row alone", [row("a", 1, 1, 7)], [], "partial", 0],
  ])("with %s", (_, members, gaps, table, missing) => {
    expect(readTable(block, members, gaps)).toMatchObject({ table, missing });
  });

  test.each<[string, Member[], boolean]>([
    ["as many rows as announced", [open(1), row("a", 1, 1, 2), row("b", 2, 1, 3), end(4, 2)], false],
    ["a row and its copy", [open(1), row("a", 1, 1, 2), row("a", 1, 1, 2), end(3, 1)], false],
    ["no numbers", [open(null), row("a", 1, 1), end(null, 1)], false],
    ["a row before its first line", [row("a", 1, 1, 2), open(1), end(3, 1)], false],
    ["more rows than announced", [open(null), row("a", 1, 1), row("b", 2, 9), end(null, 1)], true],
    ["a row without a number", [open(1), row("a", 1, 1, 2), row("b", 2, 9)], true],
    ["a number that another line has", [open(1), row("b", 2, 9, 2), row("a", 1, 1, 2)], true],
    ["a number before the first line's", [open(5), row("b", 2, 9, 2), row("a", 1, 1, 6)], true],
    ["a number behind the last line's", [open(5), row("b", 2, 9, 90), end(7, 2)], true],
    [
      "a number far behind the first line's, whatever the last line's",
      [open(5), row("a", 1, 1, 6), row("b", 2, 9, 9_000), end(9_001, 2)],
      true,
    ],
    ["a late row of the block before", [open(5), row("b", 2, 9, 3), row("b", 2, 8, 6), end(7, 1)], false],
    ["a copy that lost its number on another way", [open(1), row("a", 1, 1, 2), row("a", 1, 1), end(3, 1)], false],
    ["numbers that begin anew", [open(900), row("b", 2, 9, 901), row("a", 1, 1, 1), end(2, 2)], false],
  ])("with %s", (_, members, doubtful) => {
    expect(readTable(block, members, []).doubtful).toBe(doubtful);
  });

  test("that a router printed is not doubtful, in whatever order its lines come, twice or without a number the second time", () => {
    const copies = fc.infiniteStream(
      fc.record({ place: fc.nat(1_000), copy: fc.constantFrom("none", "same", "bare") }),
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 100_000 }), copies, (all, first, stream) => {
        const printed = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
        const lines = [open(first), ...printed.map((one, i) => row(...one, first + 1 + i))];
        lines.push(end(first + lines.length, printed.length));
        const came = lines.flatMap((line) => {
          const { copy } = stream.next().value!;
          return copy === "none" ? [line] : [line, copy === "same" ? line : { ...line, counter: null }];
        });
        const places = [...stream.take(came.length)].map(({ place }) => place);
        const order = came.map((_, i) => i).sort((a, b) => places[a]! - places[b]!);
        expect(
          readTable(
            block,
            order.map((i) => came[i]!),
            [],
          ).doubtful,
        ).toBe(false);
      }),
    );
  });

  test("counts a row that came twice once", () => {
    expect(readTable(block, [open(1), row("a", 1, 5, 2), row("a", 1, 5, 2), row("b", 2, 5, 3)], [])).toMatchObject({
      rows: 2,
      share: 0.5,
    });
  });

  test("with two processes of one name shows the process id of the heavier", () => {
    expect(readTable(block, [open(1), row("a", 1, 5), row("x/a", 2, 6)], [])).toMatchObject({
      top: "a",
      pid: 2,
      share: 1,
    });
  });
});

describe("a block", () => {
  const group = () => ({ block: null, parked: [], closed: null, timers: {} }) as unknown as GroupState;
  const enter = (to: GroupState, one: Member) => addMember(block, to, one, "ios-xr", false);

  test("is complete with its first line and every row it announced", () => {
    const to = group();
    expect(enter(to, open(1))).toBe("kept");
    expect(enter(to, end(4, 2))).toBe("kept");
    expect(enter(to, row("a", 1, 1))).toBe("kept");
    expect(enter(to, row("b", 2, 1))).toBe("complete");
  });

  test("is complete at fifty members", () => {
    const to = group();
    for (let i = 0; i < 49; i++) expect(enter(to, row(`p${i}`, i, 1))).toBe("kept");
    expect(enter(to, row("p49", 49, 1))).toBe("complete");
  });

  test("is closed by the next depletion line only when it has one", () => {
    const to = group();
    enter(to, row("a", 1, 1));
    expect(opensNext(block, to, "depletion")).toBe(false);
    enter(to, open(2));
    expect(opensNext(block, to, "depletion")).toBe(true);
    expect(opensNext(block, to, "row")).toBe(false);
  });

  test("takes no straggler of the one before, but rows of the next", () => {
    const to = group();
    enter(to, open(1));
    closeBlock(to);
    expect(enter(to, member("row", 2, {}, 5_000))).toBe("none");
    expect(enter(to, member("row", 9, {}, 5_001))).toBe("kept");
  });

  test("waits five seconds", () => {
    const stage = new Stage().send(packetMemory().slice(0, 4));
    expect(stage.wait(5 * SECOND - 4).alerts()).toEqual([]);
    expect(stage.wait(1).alerts()).toHaveLength(1);
  });

  test("gathers rows that come before its first line", () => {
    const lines = packetMemory();
    const stage = new Stage().send([lines[4]!, lines[3]!, lines[0]!, lines[5]!]);
    expect(stage.alert()).toMatchObject({
      verdict: "ipsec-pp-exhausts-pak-fsv",
      level: "critical",
      details: { rows: 2, missing: 0 },
    });
  });

  test("of one node takes no line of another, though they alternate", () => {
    const a = packetMemory({ counter: null, node: "RP/0/RSP0/CPU0", level: 99 });
    const b = packetMemory({ counter: null, node: "LC/0/1/CPU0", rows: [["pkg/bin/netio", 7, 99]] });
    const stage = new Stage().send(a.flatMap((line, i) => [line, ...(b[i] === undefined ? [] : [b[i]])]));
    expect(stage.alerts().map(({ node, verdict, details }) => [node, verdict, details.rows])).toEqual([
      ["RP/0/RSP0/CPU0", "ipsec-pp-exhausts-pak-fsv", 2],
      ["LC/0/1/CPU0", "other-cause", 1],
    ]);
  });

  describe("of one resource takes no line that speaks of another", () => {
    const shapes = [
      { resource: "PAK FSV" },
      { resource: "PAK", rows: [["pkg/bin/udp", 7, 900]] as [string, number, number][] },
      { resource: "SHMWIN", rows: [["pkg/bin/netio", 8, 12]] as [string, number, number][] },
    ].map((shape, i) => packetMemory({ counter: null, time: `Mar  4 12:00:00.00${i} UTC`, ...shape }));
    const orders = fc.shuffledSubarray([0, 1, 2], { minLength: 3 });

    test("when all are short at once, and their tables follow in any order", () => {
      fc.assert(
        fc.property(orders, orders, (opened, told) => {
          const stage = new Stage().send(opened.map((i) => shapes[i]![0]!));
          expect(stage.alerts()).toEqual([]);
          expect(stage.send(told.flatMap((i) => shapes[i]!.slice(1))).alert()).toMatchObject({
            verdict: "ipsec-pp-exhausts-pak-fsv",
            level: "critical",
            count: 3,
            details: { resource: "PAK FSV", rows: 2, share: 0.9984 },
          });
        }),
      );
    });

    test("and each is judged in its own time when no table comes", () => {
      const stage = new Stage()
        .send(shapes[0]![0]!)
        .wait(2 * SECOND)
        .send(shapes[1]![0]!);
      expect(stage.wait(3 * SECOND).alert()).toMatchObject({ verdict: "user-not-reported", count: 1 });
      expect(stage.wait(2 * SECOND).alert()).toMatchObject({ verdict: "user-not-reported", count: 2 });
    });

    test("and a capture that ends judges each", () => {
      expect(
        new Stage()
          .send(shapes.map((lines) => lines[0]!))
          .finish()
          .alert().count,
      ).toBe(3);
    });

    test("and the next report of one judges the one before, though another is open", () => {
      const again = packetMemory({ counter: null, time: "Mar  4 12:00:01.000 UTC" });
      const stage = new Stage().send([shapes[1]![0]!, shapes[0]![0]!, ...again, ...shapes[1]!.slice(1)]);
      expect(stage.alert()).toMatchObject({ level: "critical", count: 3, details: { rows: 2 } });
    });

    test("but knows it in other letters and spaces", () => {
      const [pool, fsv] = [shapes[1]!, shapes[0]!.map((line) => line.replace("users of PAK FSV", "users of Pak  fsv"))];
      const stage = new Stage().send([fsv[0]!, pool[0]!, ...fsv.slice(1), ...pool.slice(1)]);
      expect(stage.alert()).toMatchObject({ level: "critical", count: 2, details: { rows: 2 } });
    });

    test("unless nothing announced that other: then the line stays where it came", () => {
      const lines = shapes[0]!.map((line) => line.replace("users of PAK FSV", "users of PAK F"));
      expect(new Stage().send(lines).alert()).toMatchObject({ level: "critical", count: 1, details: { rows: 2 } });
    });

    test("and forged resources fill no memory", () => {
      const stage = new Stage().send(
        Array.from({ length: 40 }, (_, i) => packetMemory({ counter: null, resource: `POOL${i}` })[0]!),
      );
      const open = [...stage.engine.state.groups.values()].flatMap(({ block, parked }) => [block, ...parked]);
      expect(open).toHaveLength(5);
    });
  });

  test("that is filled late within its time has no hole", () => {
    const lines = packetMemory();
    const stage = new Stage()
      .send([...lines.slice(0, 3), lines[5]!, lines[4]!])
      .wait(4 * SECOND)
      .send(lines[3]!);
    expect(stage.alert()).toMatchObject({ level: "critical", confidence: "high", details: { missing: 0 } });
  });

  test("each depletion line is a report of its own", () => {
    const one = (n: number) => packetMemory({ counter: 100 + n, time: `Mar  4 12:00:0${n}.000 UTC` })[0]!;
    expect(
      new Stage()
        .send([one(1), one(2), one(3)])
        .wait(6 * SECOND)
        .alert().count,
    ).toBe(3);
  });

  test.each(["datagram by datagram", "block by block"])("that comes twice, %s, is one report", (how) => {
    const lines = packetMemory();
    const stage = new Stage().send(
      how === "block by block" ? [...lines, ...lines] : lines.flatMap((line) => [line, line]),
    );
    expect(stage.wait(6 * SECOND).alert()).toMatchObject({
      count: 1,
      level: "critical",
      details: { rows: 2, share: 0.9984 },
    });
    expect(stage.engine.counters.outcomes.duplicate).toBe(6);
    expect(stage.engine.state.devices.get("xr1")!.facts).toMatchObject({ messages: 6, duplicates: 6, lost: 0 });
  });

  test("of fifty lines that comes twice is one report", () => {
    const rows = Array.from({ length: 44 }, (_, i): [string, number, number] => [
      i === 0 ? "ipsec_pp" : `p${i}`,
      i,
      i === 0 ? 900 : 1,
    ]);
    const lines = packetMemory({ rows, limit: 50 });
    expect(
      new Stage()
        .send([...lines, ...lines])
        .wait(6 * SECOND)
        .alert().count,
    ).toBe(1);
  });
});

describe("a copy", () => {
  test("is known for ten seconds, and later is a message again", () => {
    const outcome = (millis: number) =>
      new Stage()
        .send(linkUp(7))
        .wait(millis - 1)
        .send(linkUp(7)).engine.counters.outcomes.duplicate;
    expect(outcome(10 * SECOND)).toBe(1);
    expect(outcome(10 * SECOND + 1)).toBe(0);
  });

  test("differs in nothing but the relay's header", () => {
    const duplicates = (a: string, b: string) => new Stage().send([a, b]).engine.counters.outcomes.duplicate;
    const line = linkUp(7);
    expect(duplicates(line, line)).toBe(1);
    expect(duplicates(line, linkUp(7, "R1"))).toBe(1);
    expect(duplicates(line, linkUp(7, "r2"))).toBe(0);
    expect(duplicates(line, linkUp(8))).toBe(0);
    expect(duplicates(line, line.replace("up", "down"))).toBe(0);
    expect(duplicates(line, line.replace(".007", ".008"))).toBe(0);
  });

  test("needs something that names the message: two equal lines without a number or a fine stamp are two", () => {
    const line = "<189>r1: Nov  6 16:00:00: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up";
    expect(new Stage().send([line, line]).engine.counters.outcomes.duplicate).toBe(0);
  });
});
