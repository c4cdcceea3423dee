/** An alert that says of itself that it is none: for trying an output. */
import type { Alert, Millis } from "../model.ts";

const TITLE = {
  en: "TEST: this output works. No router is in trouble.",
  ja: "テスト: この出力は動作しています。障害は発生していません。",
};

/** The same output at the same time gives the same alert. */
export function testAlert(output: string, at: Millis): Alert {
  const id = `test${at.toString(32)}`.padEnd(26, "0");
  return {
    id,
    rule: "telltale-test",
    advisory: "telltale-test",
    title: TITLE,
    level: "informational",
    confidence: "high",
    verdict: "test",
    device: "telltale-test",
    node: null,
    address: null,
    status: "open",
    count: 1,
    firstSeen: at,
    lastSeen: at,
    exposure: { state: "unknown", release: null, reason: { en: "A test is about no router." } },
    details: { test: true, output },
    caveats: [{ en: "It was asked for with `telltale outputs test`; nothing is stored of it." }],
    evidence: [],
    runbook: { recover: [], mitigate: [], verify: [], fix: [] },
    lead: "recover",
    falsepositives: [],
    references: [],
    related: [],
    sourceAuth: "none",
    acknowledged: null,
    disposition: null,
    notes: [],
  };
}
