/** A device's story on a terminal: days, one entry a report, nothing wider than it may be, nothing a terminal obeys. */
import { describe, expect, it } from "vitest";
import { type StoryEntry, storyLines } from "../../src/output/timeline.ts";
import { displayWidth } from "../../src/output/width.ts";

const at = Date.UTC(2020, 2, 9, 23, 59, 50);
const line = (text: string) => Buffer.from(text);
const opened = {
  kind: "alert",
  alert: "5aeddvi7rviii3j3m4",
  title: "IPsec packet memory exhausted",
  change: "opened",
} as const;
const alert = {
  ...opened,
  device: "edge1.fra",
  status: "open",
  level: "critical",
  verdict: "ipsec-pp",
  note: null,
  by: null,
} as const;
const shown = (entries: StoryEntry[], width = 80, limit = 50) =>
  storyLines(entries, { color: false, width, utcOffsetMinutes: 0, limit });

describe("a device's story", () => {
  it("has a heading for each day and one entry for the lines of one report", () => {
    const evidence = (ms: number, text: string) => ({
      at: at + ms,
      kind: "evidence" as const,
      alert: "5aeddvi7rviii3j3m4",
      line: line(text),
    });
    expect(
      shown([
        evidence(
          0,
          "<186>1: xr1 RP/0/RSP0/CPU0:Mar  9 23:59:50: pakwatch[1]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 83 percent",
        ),
        evidence(1, "<190>2: row"),
        evidence(2, "<190>3: row"),
        { at: at + 2, ...alert },
        { at: at + 20_000, ...alert, change: "lowered", level: "high", note: "what is known of its release changed" },
        { at: at + 21_000, ...alert, change: "status", status: "recovering" },
        { at: at + 22_000, ...alert, change: "close", by: "anna", note: "drill" },
        { at: at + 23_000, kind: "conflict", line: null, note: "addresses 192.0.2.1, 198.51.100.9 claim this name" },
      ]),
    ).toEqual([
      "2020-03-09",
      "  23:59:50  evidence  DEPLETION_CATASTROPHIC : Depletion level 83 p…  (+2 lines)",
      "  23:59:50  alert     5aeddvi7 opened, critical: IPsec packet memory exhausted",
      "",
      "2020-03-10",
      "  00:00:10  alert     5aeddvi7 lowered to high: what is known of its release",
      "                      changed",
      "  00:00:11  alert     5aeddvi7 now recovering (critical)",
      "  00:00:12  alert     5aeddvi7 closed by anna: drill",
      "  00:00:13  conflict  addresses 192.0.2.1, 198.51.100.9 claim this name",
    ]);
  });

  it("says of a fleet how many routers it had then, not how many the title names now", () => {
    const fleet = {
      ...alert,
      device: "*",
      title: "IPsec packet memory exhausted on 6 routers",
      verdict: "fleet-ipsec-pp",
    };
    expect(
      shown([
        { at, ...fleet, note: "3 routers" },
        { at, ...fleet, change: "raised", note: "6 routers" },
      ]),
    ).toEqual([
      "2020-03-09",
      "  23:59:50  alert     5aeddvi7 opened, critical: fleet-ipsec-pp, 3 routers",
      "  23:59:50  alert     5aeddvi7 has grown, critical: fleet-ipsec-pp, 6 routers",
    ]);
  });

  it("keeps to the width and obeys nothing that a log says", () => {
    const hostile = "\u001b[2J\u202eevil\n%SYS-5-RELOAD: ".repeat(20);
    const lines = shown([
      { at, kind: "evidence", alert: "a", line: line(hostile) },
      { at, kind: "operator", line: null, note: hostile },
    ]);
    expect(lines[1]).not.toMatch(/[\u001b\u202e\n]/);
    expect(lines.join("\n")).not.toMatch(/[\u001b\u202e]/);
    expect(displayWidth(lines[1]!)).toBeLessThanOrEqual(80);
  });

  it("says when there is more before what it shows", () => {
    const entries = Array.from(
      { length: 5 },
      (_, i): StoryEntry => ({ at: at + i, kind: "boot", line: null, note: `${i}` }),
    );
    expect(shown(entries, 80, 2)).toEqual([
      "3 or more entries before these: see --limit and --since.",
      "",
      "2020-03-09",
      "  23:59:50  boot      3",
      "  23:59:50  boot      4",
    ]);
  });
});
