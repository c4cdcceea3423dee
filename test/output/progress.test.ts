/** Progress is one line that disappears, drawn seldom. */
import { describe, expect, it } from "vitest";
import { createProgress } from "../../src/output/progress.ts";
import { formatStatus } from "../../src/output/statusline.ts";
import { START } from "./support.ts";

function bench(total: number | null, columns = 120) {
  const clock = { ms: 5_000 };
  const written: string[] = [];
  const write = (text: string) => {
    written.push(text);
  };
  return { clock, written, progress: createProgress({ total, columns, write, now: () => clock.ms }) };
}

describe("progress", () => {
  it("shows share, rates, remaining time and alerts", () => {
    const { clock, written, progress } = bench(200_000_000);
    clock.ms += 10_000;
    progress.update(50_000_000, 1_000_000, 1);
    expect(written).toEqual([
      "\r[#####---------------]  25 %  1,000,000 lines  100,000 lines/s  5.0 MB/s  ETA 0:30  1 alert\x1b[K",
    ]);
  });

  it("has no bar and no remaining time where nobody knows the size", () => {
    const { clock, written, progress } = bench(null);
    clock.ms += 2_000;
    progress.update(1_000_000, 10_000, 0);
    expect(written).toEqual(["\r10,000 lines  5,000 lines/s  0.5 MB/s  0 alerts\x1b[K"]);
  });

  it("is drawn at most ten times a second", () => {
    const { clock, written, progress } = bench(1_000);
    for (let ms = 0; ms < 1_000; ms++) {
      progress.update(ms, ms, 0);
      clock.ms++;
    }
    expect(written).toHaveLength(10);
  });

  it("stays on one line of the terminal", () => {
    const { clock, written, progress } = bench(1_000, 30);
    clock.ms += 1_000;
    progress.update(500, 1_000_000, 3);
    expect(written[0]!.replace(/^\r|\x1b\[K$/g, "")).toHaveLength(29);
  });

  it("clears its line once when it is done, and draws nothing after it", () => {
    const { clock, written, progress } = bench(1_000);
    progress.update(1, 1, 0);
    progress.done();
    progress.done();
    clock.ms += 1_000;
    progress.update(2, 2, 0);
    expect(written.slice(1)).toEqual(["\r\x1b[K"]);
  });

  it("writes nothing when nothing was drawn", () => {
    const { written, progress } = bench(1_000);
    progress.done();
    expect(written).toEqual([]);
  });

  it("stays sane for a file that is empty, or grows while it is read, and at the first instant", () => {
    for (const [total, bytes] of [
      [0, 0],
      [100, 900],
      [100, 0],
    ] as const) {
      const { written, progress } = bench(total);
      progress.update(bytes, 0, 0);
      expect(written[0]).toMatch(
        /^\r\[[#-]{20}\] +(?:0|100) % {2}0 lines {2}0 lines\/s {2}0\.0 MB\/s {2}ETA (?:0:00|-) {2}0 alerts\x1b\[K$/,
      );
    }
  });

  it("counts hours when it takes hours", () => {
    const { clock, written, progress } = bench(100);
    clock.ms += 100_000;
    progress.update(1, 1, 0);
    expect(written[0]).toContain("ETA 2:45:00");
  });
});

describe("the status line", () => {
  const calm = { received: 1_234_567, rate: 20.4, devices: 3, open: 0, lost: 0, at: START };

  it("says that it lives and that nothing was lost", () => {
    expect(formatStatus(calm, { color: true })).toBe(
      "12:00:00Z  0 open alerts  0 lost  1,234,567 received  20/s  3 devices",
    );
  });

  it("colours open alerts and losses only", () => {
    expect(formatStatus({ ...calm, open: 1, lost: 2 }, { color: true })).toBe(
      "12:00:00Z  \x1b[33m1 open alert\x1b[39m  \x1b[33m2 lost\x1b[39m  1,234,567 received  20/s  3 devices",
    );
    expect(formatStatus({ ...calm, open: 1, lost: 2, devices: 1 })).toBe(
      "12:00:00Z  1 open alert  2 lost  1,234,567 received  20/s  1 device",
    );
  });

  it("fits a narrow terminal, with what matters first", () => {
    for (let width = 0; width < 80; width++) expect(formatStatus(calm, { width }).length).toBeLessThanOrEqual(width);
    expect(formatStatus(calm, { width: 40 })).toBe("12:00:00Z  0 open alerts  0 lost  1,234…");
  });
});
