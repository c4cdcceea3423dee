/** Times, counts and colours as they are shown. */
import { describe, expect, it } from "vitest";
import { formatCount, formatTime, inLanguage, paint } from "../../src/output/presentation.ts";
import { START } from "./support.ts";

describe("a time", () => {
  it("is shown in UTC with whole seconds, or at the offset asked for", () => {
    expect(formatTime(START + 999)).toBe("2026-03-04T12:00:00Z");
    expect(formatTime(START, 540)).toBe("2026-03-04T21:00:00+09:00");
    expect(formatTime(START, -210)).toBe("2026-03-04T08:30:00-03:30");
  });

  it("that no calendar has is shown as a dash", () => {
    for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 8.65e15]) expect(formatTime(at)).toBe("-");
  });
});

describe("a count", () => {
  it("has a comma between groups of three digits", () => {
    expect([0, 999, 1_000, 1_234_567, 12.6].map(formatCount)).toEqual(["0", "999", "1,000", "1,234,567", "13"]);
  });
});

describe("a colour", () => {
  it("is there when asked for, whatever stdout is", () => {
    expect(paint(true, "red", "x")).toBe("\x1b[31mx\x1b[39m");
    expect(paint(false, "red", "x")).toBe("x");
    expect(paint(true, "red", "")).toBe("");
  });
});

describe("a text without a Japanese twin", () => {
  it("is shown in English", () => {
    expect(inLanguage({ en: "a" }, "ja")).toBe("a");
    expect(inLanguage({ en: "a", ja: "あ" }, "ja")).toBe("あ");
    expect(inLanguage({ en: "a", ja: "あ" }, "en")).toBe("a");
  });
});
