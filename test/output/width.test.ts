/** Columns are counted as a terminal counts them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeText } from "../../src/output/escape.ts";
import { cutToWidth, displayWidth, padToWidth } from "../../src/output/width.ts";
import { KEEP, wrapText } from "../../src/output/wrap.ts";
import { hostileText } from "./support.ts";

const shown = hostileText.map((text) => escapeText(text));

describe("the width of a text", () => {
  it("is 2 for East Asian wide characters and emoji, 1 for others, 0 for marks", () => {
    const widths = [
      "",
      "abc",
      "日本",
      "ｶﾅ",
      "ＡＢ",
      "、。",
      "한국",
      "e\u0301",
      "か\u3099",
      "👍",
      "🇯🇵",
      "…",
      "▲",
      "𠮷",
      "\u0301",
    ];
    expect(widths.map((text) => [text, displayWidth(text)])).toEqual([
      ["", 0],
      ["abc", 3],
      ["日本", 4],
      ["ｶﾅ", 2],
      ["ＡＢ", 4],
      ["、。", 4],
      ["한국", 4],
      ["e\u0301", 1],
      ["か\u3099", 2],
      ["👍", 2],
      ["🇯🇵", 2],
      ["…", 1],
      ["▲", 1],
      ["𠮷", 2],
      ["\u0301", 0],
    ]);
  });

  it("grows by the blanks that padding adds", () => {
    expect(padToWidth("日本", 6)).toBe("日本  ");
    expect(padToWidth("日本", 3)).toBe("日本");
  });
});

describe("cutting", () => {
  it("ends in … and never halves a character", () => {
    expect(
      ["日本語", "日本語", "日本語", "abcdef", "ab", "e\u0301e\u0301e\u0301"].map((text, i) =>
        cutToWidth(text, [5, 4, 6, 4, 0, 2][i]!),
      ),
    ).toEqual(["日本…", "日…", "日本語", "abc…", "", "e\u0301…"]);
  });

  it("fits whatever the text and the width, and leaves what fits", () => {
    fc.assert(
      fc.property(shown, fc.integer({ min: 0, max: 40 }), (text, width) => {
        const cut = cutToWidth(text, width);
        expect(displayWidth(cut)).toBeLessThanOrEqual(width);
        if (displayWidth(text) <= width) expect(cut).toBe(text);
      }),
    );
  });
});

describe("wrapping", () => {
  it("breaks at blanks and keeps a long word whole", () => {
    expect(wrapText("see https://www.example.com/long for the rest", 12)).toEqual([
      "see",
      "https://www.example.com/long",
      "for the rest",
    ]);
    expect(wrapText("ab cd ef", 4)).toEqual(["ab", "cd", "ef"]);
    expect(wrapText("ab cd ef", 5)).toEqual(["ab cd", "ef"]);
    expect(wrapText("", 12)).toEqual([""]);
  });

  it("keeps what a fixed blank joins on one line, and shows the blank as any other", () => {
    expect(wrapText(`pid 6055, share${KEEP}99.8${KEEP}%`, 12)).toEqual(["pid 6055,", "share 99.8 %"]);
  });

  it("breaks Japanese between characters, but not before a closing mark or after an opening one", () => {
    expect(wrapText("メモリは自動では解放されません。", 10)).toEqual(["メモリは自", "動では解放", "されませ", "ん。"]);
    expect(wrapText("ログの「ready」を待つ", 8)).toEqual(["ログの", "「ready」", "を待つ"]);
  });

  it("loses no character, and no line is too wide unless it is a single word", () => {
    fc.assert(
      fc.property(shown, fc.integer({ min: 4, max: 40 }), (text, width) => {
        const lines = wrapText(text, width);
        expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
        for (const line of lines) expect(displayWidth(line) <= width || !line.includes(" ")).toBe(true);
      }),
    );
  });
});
