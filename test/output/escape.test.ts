/** Nothing that a log says can steer a terminal, and nothing is lost by the escaping. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeCommand, escapeText } from "../../src/output/escape.ts";
import { ATTACKS, LF, unprintable } from "./attacks.ts";
import { hostileText } from "./support.ts";
import { unescapeText } from "./unescape.ts";

describe("escaping", () => {
  it("leaves no character that a terminal obeys in any of 300 attacks, and can be undone", () => {
    expect(new Set(ATTACKS).size).toBeGreaterThan(300);
    for (const attack of ATTACKS) {
      expect(unprintable(escapeText(attack)), JSON.stringify(attack)).toEqual([]);
      expect(unescapeText(escapeText(attack))).toBe(attack);
    }
  });

  it("shows every single character of Unicode as printable, or as an escape that says which it was", () => {
    const broken: string[] = [];
    for (let code = 0; code <= 0x10ffff; code++) {
      const character = String.fromCodePoint(code);
      const escaped = escapeText(character);
      if (unprintable(escaped).length > 0 || unescapeText(escaped) !== character) broken.push(`U+${code.toString(16)}`);
    }
    expect(broken).toEqual([]);
  });

  it("gives printable text that can be undone, at most 6 times as long, whatever comes", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escapeText(text);
        expect(unprintable(escaped)).toEqual([]);
        expect(unescapeText(escaped)).toBe(text);
        expect(escaped.length).toBeLessThanOrEqual(6 * text.length);
      }),
      { numRuns: 3_000 },
    );
  });

  it("changes nothing but backslashes when it is done again", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const once = escapeText(text);
        expect(escapeText(once)).toBe(once.replaceAll("\\", "\\\\"));
      }),
      { numRuns: 3_000 },
    );
  });

  it("keeps line feeds, and only them, where the caller lays out lines", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escapeText(text, { keepNewlines: true });
        expect(unprintable(escaped, LF)).toEqual([]);
        expect(escaped.split("\n")).toHaveLength(text.split("\n").length);
        expect(unescapeText(escaped)).toBe(text);
      }),
      { numRuns: 2_000 },
    );
  });

  it("writes escapes that a reader knows", () => {
    const shown = ["\x1b[31m", "a\r\n\tb", "\x9b2J", "\x7f", "\u202egpj", "\ud800", "\u{e0001}", "C:\\x1b", "\ue000"];
    expect(shown.map((text) => escapeText(text))).toMatchInlineSnapshot(`
      [
        "\\x1b[31m",
        "a\\r\\n\\tb",
        "\\x9b2J",
        "\\x7f",
        "\\u202egpj",
        "\\ud800",
        "\\u{e0001}",
        "C:\\\\x1b",
        "\\ue000",
      ]
    `);
  });

  it("leaves readable text alone", () => {
    for (const text of ["日本語、ｶﾅ。", "か\u3099", "Straße", "Ελληνικά", "हिन्दी", "ไทย ที่", "👍", "全角　空白", ""]) {
      expect(escapeText(text)).toBe(text);
    }
  });

  it("shows the fifth mark on a character, and a mark on none, as escapes", () => {
    expect(escapeText(`a${"\u0301".repeat(6)}`)).toBe(`a${"\u0301".repeat(4)}\\u0301\\u0301`);
    expect(escapeText("\u0301a")).toBe("\\u0301a");
    expect(escapeText("a\n\u0301", { keepNewlines: true })).toBe("a\n\\u0301");
  });

  it("gives the same answer when it is asked twice", () => {
    for (const attack of ATTACKS) expect(escapeText(attack)).toBe(escapeText(attack));
    expect(["a\\b", "a\\b", "\x1b", "\x1b"].map(escapeCommand)).toEqual(["a\\b", "a\\b", "\\x1b", "\\x1b"]);
  });

  it("takes time in proportion to the text", () => {
    const longest = ["\u0301", "\\", "\x1b[", "a\u0301\u0301", " "].map((part) => part.repeat(200_000));
    for (const text of longest) expect(escapeText(text).length).toBeGreaterThan(0);
  });
});

describe("undoing the escapes", () => {
  it("leaves a backslash that escaping never writes", () => {
    for (const text of ["\\q", "\\x1", "\\u12", "\\u{110000}", "a\\"]) expect(unescapeText(text)).toBe(text);
  });
});

describe("a command to be copied", () => {
  it("keeps its single backslashes when all of it is printable", () => {
    expect(escapeCommand("show log | include \\.example\\.")).toBe("show log | include \\.example\\.");
  });

  it("is escaped as any other text when it is not", () => {
    expect(escapeCommand("show \\ \x1b[2J")).toBe("show \\\\ \\x1b[2J");
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(unprintable(escapeCommand(text))).toEqual([]);
      }),
    );
  });
});
