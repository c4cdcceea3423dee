/** Doubts about the evidence itself: what may be missing from a report, and times that are not the time of day. */
import type { Millis, Text } from "../model.ts";
import type { CompiledRule, Facts } from "../rule/compiled.ts";
import { fillText } from "./fill.ts";
import { lostSince } from "./losses.ts";
import type { DetectState, DeviceState, GroupState } from "./state.ts";

/** A router that admitted to hold back messages this long before a report may hold back some of the report. */
const LIMITED: Millis = 15 * 60_000;
/** Losses since then are those "before" a report. */
const LOSSES: Millis = 30 * 60_000;
/** So many messages, and this share of all, are many. */
const MANY = 20;
const MUCH = 0.1;
/** Datagrams are dropped a little before and after those that are received. */
const SLACK: Millis = 2_000;

/** One doubt, and the numbers that its text names. */
export interface Doubt {
  kind: keyof typeof TEXTS;
  n: number;
  of: number;
}

/** The doubts about a report of one device. Losses are spoken of only where they may hide a part of the report, clocks
 * only where the report's times come from them. */
export function doubtsOf(
  state: DetectState,
  rule: CompiledRule,
  group: GroupState,
  facts: Facts,
  span: { first: Millis; last: Millis },
): Doubt[] {
  const device = state.devices.get(group.deviceKey);
  // What is observed of the logging itself says so.
  if (device === undefined || rule.signals.some((signal) => signal.observation !== null)) return [];
  const doubts: Doubt[] = [];
  const whole = rule.block !== null && facts.table === "complete";
  if (!whole) doubts.push(...lossDoubts(state, device, group, span));
  const { clock } = device.facts;
  const ownTimes = group.clock === group.deviceKey;
  if (ownTimes && (clock === "unset" || clock === "unsynced")) doubts.push({ kind: clock, n: 0, of: 0 });
  return doubts;
}

/** A doubt as a sentence. */
export function doubtText({ kind, n, of }: Doubt): Text {
  return fillText(TEXTS[kind], { n, of });
}

function lossDoubts(
  { collector }: DetectState,
  { facts, watch }: DeviceState,
  group: GroupState,
  { first, last }: { first: Millis; last: Millis },
): Doubt[] {
  const doubts: Doubt[] = [];
  const { dropped } = collector;
  if (dropped !== null && group.clock === "" && dropped.from <= last + SLACK && dropped.to >= first - SLACK)
    doubts.push({ kind: "dropped", n: dropped.messages, of: 0 });
  if (watch === null) return doubts;
  const { limited, header, losses } = watch;
  if (limited !== null && limited.at <= last && limited.at >= first - LIMITED)
    doubts.push({ kind: "limited", n: limited.messages, of: 0 });
  if (header > 0) doubts.push({ kind: "header", n: header, of: 0 });
  if (losses !== null && first - losses.start <= LOSSES) {
    const { lost, expected } = lostSince(losses, facts);
    if (lost >= MANY && lost >= expected * MUCH) doubts.push({ kind: "lossy", n: lost, of: expected });
  }
  return doubts;
}

const TEXTS = {
  dropped: {
    en: "This machine lost {n} datagrams while the report came in: lines of it may be missing. See `telltale stats`.",
    ja: "このレポートの受信中に、このマシンで {n} 個のデータグラムが失われました。一部の行が欠けている可能性があります。`telltale stats` を確認してください。",
  },
  limited: {
    en: "Shortly before, the router itself held back or lost messages ({n} by its own count): lines of this report may be missing.",
    ja: "直前に、ルータ自身がメッセージの出力を抑制または破棄しています (ルータの申告で {n} 件)。このレポートの一部の行が欠けている可能性があります。",
  },
  header: {
    en: "The header of the capture says that the router dropped or rate-limited {n} messages since it started: lines may be missing.",
    ja: "キャプチャのヘッダによると、ルータは起動以降に {n} 件のメッセージを破棄またはレート制限しています。一部の行が欠けている可能性があります。",
  },
  lossy: {
    en: "{n} of {of} messages of this router were lost on the way in the minutes before: lines of this report may be missing.",
    ja: "直前の数分間に、このルータのメッセージ {of} 件中 {n} 件が途中で失われています。このレポートの一部の行が欠けている可能性があります。",
  },
  unset: {
    en: "The router's clock was never set (its stamps begin with *): the times shown are not the time of day.",
    ja: "ルータの時計は一度も設定されていません (タイムスタンプの先頭が *)。表示されている時刻は実際の時刻ではありません。",
  },
  unsynced: {
    en: "The router's clock had lost its NTP source (its stamps begin with a dot): the times shown may be off.",
    ja: "ルータの時計は NTP との同期を失っていました (タイムスタンプの先頭がドット)。表示されている時刻はずれている可能性があります。",
  },
} satisfies Record<string, Text>;
