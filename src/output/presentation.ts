/** What the reader of a text wants: colours, width, language, time zone. */
import { styleText } from "node:util";
import type { Level, Millis, Text } from "../model.ts";

export type Lang = "en" | "ja";

/** How to show an alert to a human. */
export interface CardOptions {
  /** Whether to colour; the caller knows the terminal and NO_COLOR. */
  color: boolean;
  /** Columns to wrap prose at; Infinity where nobody looks on. */
  width: number;
  lang: Lang;
  /** Shows times at this offset instead of UTC, in minutes east. */
  utcOffsetMinutes?: number | undefined;
}

export type Style = Parameters<typeof styleText>[0];

/** One level, one colour. */
export const LEVEL_STYLES: Record<Level, Style> = {
  critical: ["bold", "red"],
  high: "red",
  medium: "yellow",
  low: "cyan",
  informational: "dim",
};

/** The text in a style; the text alone without colours. */
export function paint(color: boolean, style: Style, text: string): string {
  // Whether stdout is a terminal was asked by the caller: this text may go to stderr.
  return color && text !== "" ? styleText(style, text, { validateStream: false }) : text;
}

/** The text in the reader's language, else in English. */
export function inLanguage(text: Text, lang: Lang): string {
  return lang === "ja" ? (text.ja ?? text.en) : text.en;
}

/** ISO 8601 with whole seconds: `2026-03-04T12:00:00Z`, or with the offset asked for: `2026-03-04T21:00:00+09:00`. */
export function formatTime(at: Millis, utcOffsetMinutes = 0): string {
  const local = new Date(at + utcOffsetMinutes * 60_000);
  if (Number.isNaN(local.getTime())) return "-";
  return local.toISOString().replace(/\.\d{3}Z$/, zone(utcOffsetMinutes));
}

/** A whole number with a comma between groups of three digits. */
export function formatCount(value: number): string {
  let rest = String(Math.round(value));
  let groups = "";
  while (/^\d{4}/.test(rest)) {
    groups = `,${rest.slice(-3)}${groups}`;
    rest = rest.slice(0, -3);
  }
  return rest + groups;
}

function zone(minutes: number): string {
  if (minutes === 0) return "Z";
  const distance = Math.abs(minutes);
  const two = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(distance / 60)}:${two(distance % 60)}`;
}
