/** The alert as the JSON contract has it: schema 1, fixed order of fields, times as ISO 8601 UTC. */
import type { Alert, AlertChange, Millis, RunbookItem, Text } from "../model.ts";
import { RUNBOOK_PARTS } from "../model.ts";

/** The contract's object; `change` is there on the lines that `listen` prints. */
export function alertJson(alert: Alert, change?: AlertChange): Record<string, unknown> {
  const parts = alert.lead === "mitigate" ? (["mitigate", "recover", "verify", "fix"] as const) : RUNBOOK_PARTS;
  return {
    schema: 1,
    ...(change === undefined ? {} : { change }),
    id: alert.id,
    rule: alert.rule,
    advisory: alert.advisory,
    ...text("title", alert.title),
    level: alert.level,
    confidence: alert.confidence,
    verdict: alert.verdict,
    device: alert.device,
    node: alert.node,
    address: alert.address,
    status: alert.status,
    count: alert.count,
    firstSeen: iso(alert.firstSeen),
    lastSeen: iso(alert.lastSeen),
    exposure: {
      state: alert.exposure.state,
      release: alert.exposure.release,
      ...text("reason", alert.exposure.reason),
    },
    details: alert.details,
    ...(alert.related.length === 0 ? {} : { related: alert.related }),
    caveats: alert.caveats.map((caveat) => caveat.en),
    caveats_ja: alert.caveats.map((caveat) => caveat.ja ?? caveat.en),
    evidence: alert.evidence.map(({ at, raw }) => ({ at: iso(at), line: decode(raw) })),
    runbook: Object.fromEntries(parts.map((part) => [part, alert.runbook[part].map(runbookItem)])),
    falsepositives: alert.falsepositives.map((one) => one.en),
    falsepositives_ja: alert.falsepositives.map((one) => one.ja ?? one.en),
    references: alert.references,
    sourceAuth: alert.sourceAuth,
    acknowledged: alert.acknowledged === null ? null : { at: iso(alert.acknowledged.at), by: alert.acknowledged.by },
    disposition: alert.disposition,
    notes: alert.notes.map((note) => ({ ...note, at: iso(note.at) })),
  };
}

function runbookItem(item: RunbookItem): Record<string, unknown> {
  return {
    id: item.id,
    ...(item.run === null ? text("do", item.do!) : { run: item.run }),
    ...text("why", item.why),
    ...(item.expect === null ? {} : text("expect", item.expect)),
    source: item.source,
    done:
      item.done === null
        ? null
        : {
            at: iso(item.done.at),
            by: item.done.by,
            line: item.done.line,
            ...(item.done.node === undefined ? {} : { node: item.done.node }),
          },
  };
}

/** English under the contract's name, Japanese beside it where there is one. */
function text(name: string, value: Text): Record<string, string> {
  return value.ja === undefined ? { [name]: value.en } : { [name]: value.en, [`${name}_ja`]: value.ja };
}

function decode(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("utf8");
}

function iso(at: Millis): string {
  return new Date(at).toISOString();
}
