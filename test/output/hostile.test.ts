/** Every text of an alert may be an attack; what is shown is printable all the same. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alertBrief, alertCard } from "../../src/output/card.ts";
import { consoleOutput } from "../../src/output/console.ts";
import { silencedLines } from "../../src/output/silenced.ts";
import { replaySummary } from "../../src/output/summary.ts";
import { newCounters } from "../../src/run/counters.ts";
import { ATTACKS, LF, unprintable } from "./attacks.ts";
import { alert, hostileAlert, hostileText } from "./support.ts";

const options = fc.record({
  color: fc.constant(false),
  width: fc.constantFrom(1, 20, 80, Number.POSITIVE_INFINITY),
  lang: fc.constantFrom("en" as const, "ja" as const),
  utcOffsetMinutes: fc.constantFrom(0, 540, -210),
});

describe("a hostile alert", () => {
  it("gives cards of printable characters and LF only", () => {
    fc.assert(
      fc.property(hostileAlert, options, (one, look) => {
        expect(unprintable(alertCard(one, look), LF)).toEqual([]);
        const brief = alertBrief(one, { ...look, change: "opened" });
        expect(unprintable(brief, LF)).toEqual([]);
        expect(brief.split("\n").length).toBeLessThanOrEqual(9);
      }),
      { numRuns: 1_000 },
    );
  });

  it("adds no escape sequence to the colours of a card", () => {
    fc.assert(
      fc.property(hostileAlert, options, (one, look) => {
        const colored = alertCard(one, { ...look, color: true });
        // Select graphic rendition is all that the card itself writes.
        expect(colored.replace(/\x1b\[\d{1,2}m/g, "")).toBe(alertCard(one, look));
      }),
      { numRuns: 300 },
    );
  });

  it("adds no line to a card in any field that holds one line", () => {
    const lines = (text: string) =>
      alertCard(text === "" ? alert() : alert({ device: text, verdict: text, rule: text, node: text }), {
        color: false,
        width: Number.POSITIVE_INFINITY,
        lang: "en",
      }).split("\n").length;
    for (const attack of ATTACKS) expect(lines(attack)).toBe(lines(""));
  });

  it("gives a summary of printable characters and LF only", () => {
    fc.assert(
      fc.property(fc.array(hostileAlert, { maxLength: 3 }), hostileText, options, (alerts, note, look) => {
        const shed = { [note]: 3 };
        const summary = replaySummary(
          { alerts, counters: { ...newCounters(), shed }, seconds: 1, notes: [note] },
          look,
        );
        expect(unprintable(summary, LF)).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("is printable where it says why nobody was told", () => {
    fc.assert(
      fc.property(hostileText, hostileText, (by, comment) => {
        const change = { at: 0, change: "opened", silence: 1, by, comment, until: 5, endedAt: null, told: null };
        expect(silencedLines([change]).flatMap((line) => unprintable(line))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it("stays one line of JSON that a program reads back, without controls", async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        let printed = "";
        const write = (part: string) => {
          printed += part;
          return true;
        };
        const output = consoleOutput({ write, format: "json", color: false, width: 80, lang: "en" });
        await output.deliver({ change: "raised", at: 0, alert: alert({ device: text }) });
        expect(printed.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069]/)).toBeNull();
        expect(printed.indexOf("\n")).toBe(printed.length - 1);
        expect(JSON.parse(printed)).toMatchObject({ change: "raised", device: text });
      }),
      { numRuns: 500 },
    );
  });
});
