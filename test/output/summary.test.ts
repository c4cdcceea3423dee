/** The summary tells what was found, what was read, and what was not understood. */
import { describe, expect, it } from "vitest";
import type { Counters } from "../../src/model.ts";
import { formatBytes, replaySummary } from "../../src/output/summary.ts";
import { newCounters } from "../../src/run/counters.ts";
import { alert } from "./support.ts";

const EN = { color: false, width: 80, lang: "en" } as const;

function readCounters(): Counters {
  const read = newCounters();
  read.received.file = 1_234_567;
  read.bytes.file = 98_765_432;
  read.outcomes.parsed = 1_234_540;
  read.outcomes.unparsed = 12;
  read.outcomes.joined = 15;
  return read;
}

const ALERTS = [
  alert(),
  alert({ node: "LC/0/1/CPU0", count: 1 }),
  alert({ device: "r9", level: "informational", rule: "unexplained-restart", count: 1 }),
  alert({ device: "alpha" }),
];

describe("the summary of a replay", () => {
  it("counts alerts by level, rule and device, and says what was not understood", () => {
    const notes = ["The year 2026 was taken from the file's date."];
    expect(
      `\n${replaySummary({ alerts: ALERTS, counters: readCounters(), seconds: 12.34, notes }, EN)}`,
    ).toMatchInlineSnapshot(`
      "
      4 alerts: 3 critical, 1 informational

      LEVEL          RULE                     ALERTS  REPORTS  DEVICE
      critical       packet-memory-exhausted  1       2        alpha
      critical       packet-memory-exhausted  2       3        edge1.example.net
      informational  unexplained-restart      1       1        r9

      1,234,567 lines (98.8 MB) in 12.3 s: 100,046 lines/s
        1,234,540 messages understood
        12 lines not understood (telltale parse shows them)
        15 lines joined to the message they continue
      The year 2026 was taken from the file's date.
      "
    `);
  });

  it("is in Japanese too", () => {
    expect(
      `\n${replaySummary({ alerts: ALERTS, counters: readCounters(), seconds: 12.34, notes: [] }, { ...EN, lang: "ja" })}`,
    ).toMatchInlineSnapshot(`
      "
      アラート 4 件: 重大 3、情報 1

      レベル  ルール                   件数  報告  装置
      重大    packet-memory-exhausted  1     2     alpha
      重大    packet-memory-exhausted  2     3     edge1.example.net
      情報    unexplained-restart      1     1     r9

      1,234,567 行 (98.8 MB) を 12.3 秒で処理: 100,046 行/秒
        1,234,540 件のメッセージを解釈
        12 行は解釈できず (telltale parse で表示できます)
        15 行を前のメッセージの続きとして結合
      "
    `);
  });

  it("says plainly that there are no alerts, and gives no rate where no time passed", () => {
    expect(
      `\n${replaySummary({ alerts: [], counters: newCounters(), seconds: 0, notes: [] }, EN)}`,
    ).toMatchInlineSnapshot(`
      "
      No alerts.

      0 lines (0 B) in 0.0 s
      "
    `);
  });

  it("names every outcome that is not zero and none that is", () => {
    for (const outcome of [
      "denied",
      "shed",
      "empty",
      "unparsed",
      "duplicate",
      "foreign",
      "joined",
      "untagged",
      "parsed",
    ] as const) {
      for (const lang of ["en", "ja"] as const) {
        const one = newCounters();
        one.outcomes[outcome] = 4_321;
        const lines = replaySummary({ alerts: [], counters: one, seconds: 1, notes: [] }, { ...EN, lang }).split("\n");
        expect(lines.filter((line) => line.startsWith("  "))).toHaveLength(1);
        expect(lines.filter((line) => line.includes("4,321"))).toHaveLength(1);
      }
    }
  });

  it("never hides what the kernel dropped or what was shed", () => {
    const lossy = { ...newCounters(), kernelDrops: 7, shed: { "engine queue": 1_000, nothing: 0 } };
    const summary = replaySummary({ alerts: [], counters: lossy, seconds: 1, notes: [] }, EN);
    expect(summary).toContain("  7 datagrams dropped by the kernel");
    expect(summary).toContain("  1,000 dropped under load: engine queue\n");
    expect(summary).not.toContain("nothing");
  });

  it("shows at most 50 rows and counts the others", () => {
    const many = Array.from({ length: 60 }, (_, i) => alert({ device: `r${i}` }));
    const summary = replaySummary({ alerts: many, counters: newCounters(), seconds: 1, notes: [] }, EN);
    expect(summary.split("\n").filter((line) => line.startsWith("critical"))).toHaveLength(50);
    expect(summary).toContain("and 10 more rows\n");
    expect(summary).toMatch(/^60 alerts: 60 critical\n/);
  });
});

describe("a number of bytes", () => {
  it("has a unit that keeps it short", () => {
    expect([0, 999, 1_000, 999_949, 999_950, 98_765_432, 5e12, 5e15].map(formatBytes)).toEqual([
      "0 B",
      "999 B",
      "1.0 kB",
      "999.9 kB",
      "1.0 MB",
      "98.8 MB",
      "5.0 TB",
      "5000.0 TB",
    ]);
  });
});
