/** The fixed words of everything printed for a human, in English and Japanese. */
import type { Alert, AlertChange, Confidence, ExposureState, Level, Outcome, RunbookPart, Status } from "../model.ts";
import { formatCount, type Lang } from "./presentation.ts";

/** The words of one language. */
export interface Labels {
  levels: Record<Level, string>;
  levelCount: (level: string, count: string) => string;
  statuses: Record<Status, string>;
  changes: Record<AlertChange, string>;
  confidence: (confidence: Confidence) => string;
  exposures: Record<ExposureState, string>;
  /** Where no heading says what is unknown. */
  exposureUnknown: string;
  parts: Record<RunbookPart, string>;
  sourceAuth: Record<Alert["sourceAuth"], string>;
  dispositions: Record<NonNullable<Alert["disposition"]>, string>;
  sources: { advisory: string; telltale: string };
  /** The separators of a list of short facts, and of a state and its reason. */
  comma: string;
  colon: string;
  reports: (count: number) => string;
  /** What is counted in an alert about several routers. */
  routers: (count: number) => string;
  device: string;
  node: string;
  address: string;
  status: string;
  seen: string;
  to: string;
  verdict: string;
  exposure: string;
  source: string;
  details: string;
  acknowledged: string;
  disposition: string;
  notes: string;
  caveats: string;
  evidence: string;
  runbook: string;
  /** Said when the runbook begins with mitigation. */
  mitigateFirst: string;
  why: string;
  expect: string;
  causes: string;
  references: string;
  related: string;
  /** A step that was done on another node. */
  notHere: (node: string) => string;
  commands: string;
  next: string;
  commandLines: (count: number) => string;
  last: string;
  noAlerts: string;
  alerts: (count: number) => string;
  devices: (count: number) => string;
  firstFixed: string;
  moreRows: (count: number) => string;
  lines: (lines: string, size: string, seconds: string, rate: string | null) => string;
  outcomes: Record<Exclude<Outcome, "parsed">, (count: string) => string>;
  parsed: (count: string) => string;
  kernelDrops: (count: string) => string;
  shed: (count: string, what: string) => string;
}

const LABELS: Record<Lang, Labels> = {
  en: {
    levels: { critical: "critical", high: "high", medium: "medium", low: "low", informational: "informational" },
    levelCount: (level, count) => `${count} ${level}`,
    statuses: {
      open: "open",
      recovering: "recovering",
      resolved: "resolved",
      recurring: "recurring",
      closed: "closed",
    },
    changes: { opened: "new", raised: "raised", updated: "updated", status: "status changed", reminded: "reminder" },
    confidence: (confidence) => `${confidence} confidence`,
    exposures: { vulnerable: "vulnerable", fixed: "fixed", "not-affected": "not affected", unknown: "unknown" },
    exposureUnknown: "exposure unknown",
    parts: { recover: "Recover", mitigate: "Mitigate", verify: "Verify", fix: "Fix" },
    sourceAuth: {
      none: "not authenticated: anyone can forge such a message, check on the router first",
      address: "known by its address only, which can be forged over UDP",
      tls: "authenticated by a TLS certificate",
    },
    dispositions: { confirmed: "confirmed", "false-alarm": "false alarm" },
    sources: { advisory: "from the advisory", telltale: "by Telltale" },
    comma: ", ",
    colon: ": ",
    reports: (count) => (count === 1 ? "1 report" : `${formatCount(count)} reports`),
    routers: (count) => `${formatCount(count)} routers`,
    device: "Device",
    node: "Node",
    address: "Address",
    status: "Status",
    seen: "Seen",
    to: " to ",
    verdict: "Verdict",
    exposure: "Exposure",
    source: "Source",
    details: "Details",
    acknowledged: "Acknowledged",
    disposition: "Closed as",
    notes: "Note",
    caveats: "Caveats",
    evidence: "Evidence",
    runbook: "Runbook",
    mitigateFirst: "Mitigate first: it came back after recovery.",
    why: "Why: ",
    expect: "Expect: ",
    causes: "What else could cause it",
    references: "References",
    related: "Related",
    notHere: (node) => `on ${node}, not here`,
    commands: "Next commands",
    next: "Next: ",
    commandLines: (count) => `${count} lines of configuration, shown by the command below`,
    last: "last ",
    noAlerts: "No alerts.",
    alerts: (count) => (count === 1 ? "1 alert" : `${formatCount(count)} alerts`),
    devices: (count) => (count === 1 ? "1 device" : `${formatCount(count)} devices`),
    firstFixed: "first fixed",
    moreRows: (count) => `and ${formatCount(count)} more rows`,
    lines: (lines, size, seconds, rate) =>
      `${lines} lines (${size}) in ${seconds} s${rate === null ? "" : `: ${rate} lines/s`}`,
    outcomes: {
      denied: (count) => `${count} lines refused: their sender is not on the list of allowed addresses`,
      shed: (count) => `${count} lines dropped because they came faster than they could be judged`,
      empty: (count) => `${count} empty lines`,
      unparsed: (count) => `${count} lines not understood (telltale parse shows them)`,
      duplicate: (count) => `${count} duplicates of a message already read`,
      foreign: (count) => `${count} lines that are not a router's messages`,
      joined: (count) => `${count} lines joined to the message they continue`,
      untagged: (count) => `${count} messages without a Cisco tag (%FACILITY-SEVERITY-MNEMONIC)`,
    },
    parsed: (count) => `${count} messages understood`,
    kernelDrops: (count) => `${count} datagrams dropped by the kernel before they could be read`,
    shed: (count, what) => `${count} dropped under load: ${what}`,
  },
  ja: {
    levels: { critical: "重大", high: "高", medium: "中", low: "低", informational: "情報" },
    levelCount: (level, count) => `${level} ${count}`,
    statuses: {
      open: "オープン",
      recovering: "復旧中",
      resolved: "解決済み",
      recurring: "再発",
      closed: "クローズ",
    },
    changes: { opened: "新規", raised: "引き上げ", updated: "更新", status: "状態の変化", reminded: "再通知" },
    confidence: (confidence) => `確度 ${{ low: "低", medium: "中", high: "高" }[confidence]}`,
    exposures: { vulnerable: "影響あり", fixed: "修正済み", "not-affected": "影響なし", unknown: "不明" },
    exposureUnknown: "影響は不明",
    parts: { recover: "復旧", mitigate: "緩和", verify: "確認", fix: "恒久対策" },
    sourceAuth: {
      none: "認証なし: このようなメッセージは誰でも偽造できます。まずルータ上で確認してください",
      address: "アドレスのみで識別 (UDP では偽造可能)",
      tls: "TLS 証明書で認証済み",
    },
    dispositions: { confirmed: "正検知", "false-alarm": "誤検知" },
    sources: { advisory: "アドバイザリより", telltale: "Telltale より" },
    comma: "、",
    colon: ": ",
    reports: (count) => `報告 ${formatCount(count)} 件`,
    routers: (count) => `ルータ ${formatCount(count)} 台`,
    device: "装置",
    node: "ノード",
    address: "アドレス",
    status: "状態",
    seen: "検出時刻",
    to: " ～ ",
    verdict: "判定",
    exposure: "影響",
    source: "送信元",
    details: "詳細",
    acknowledged: "対応者",
    disposition: "結論",
    notes: "メモ",
    caveats: "注意点",
    evidence: "根拠のログ",
    runbook: "対応手順",
    mitigateFirst: "先に緩和策を適用してください。復旧後に再発しています。",
    why: "理由: ",
    expect: "期待される結果: ",
    causes: "他に考えられる原因",
    references: "参考資料",
    related: "関連",
    notHere: (node) => `${node} で実施 (対象ノードでは未実施)`,
    commands: "次のコマンド",
    next: "次の手順: ",
    commandLines: (count) => `設定 ${count} 行。下のコマンドで表示できます`,
    last: "最終 ",
    noAlerts: "アラートはありません。",
    alerts: (count) => `アラート ${formatCount(count)} 件`,
    devices: (count) => `装置 ${formatCount(count)} 台`,
    firstFixed: "最初の修正済みリリース:",
    moreRows: (count) => `ほか ${formatCount(count)} 行`,
    lines: (lines, size, seconds, rate) =>
      `${lines} 行 (${size}) を ${seconds} 秒で処理${rate === null ? "" : `: ${rate} 行/秒`}`,
    outcomes: {
      denied: (count) => `${count} 行を拒否 (許可リストにない送信元)`,
      shed: (count) => `${count} 行を破棄 (処理が追いつかなかったため)`,
      empty: (count) => `${count} 行は空行`,
      unparsed: (count) => `${count} 行は解釈できず (telltale parse で表示できます)`,
      duplicate: (count) => `${count} 行は既読メッセージの重複`,
      foreign: (count) => `${count} 行はルータのメッセージではない`,
      joined: (count) => `${count} 行を前のメッセージの続きとして結合`,
      untagged: (count) => `${count} 件は Cisco のタグ (%FACILITY-SEVERITY-MNEMONIC) がないメッセージ`,
    },
    parsed: (count) => `${count} 件のメッセージを解釈`,
    kernelDrops: (count) => `${count} 個のデータグラムを、読み取る前にカーネルが破棄`,
    shed: (count, what) => `過負荷のため ${count} 件を破棄: ${what}`,
  },
};

/** The words of a language. */
export function labelsOf(lang: Lang): Labels {
  return LABELS[lang];
}
