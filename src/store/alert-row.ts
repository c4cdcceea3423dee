/** How an alert is spread over tables and JSON, and put together again. */
import type { Alert, Confidence, Evidence, ExposureState, Level, Status, Text } from "../model.ts";
import { deviceKey } from "../model.ts";
import { parseStored } from "./failure.ts";

/** A row of `alerts`: what lists and filters need. */
export interface AlertRow {
  id: string;
  rule: string;
  advisory: string;
  level: Level;
  confidence: Confidence;
  verdict: string;
  device: string;
  device_key: string;
  node: string | null;
  address: string | null;
  status: Status;
  count: number;
  first_seen: number;
  last_seen: number;
  title_en: string;
  exposure_state: ExposureState;
  disposition: Alert["disposition"];
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  grp: string;
}

/** A row of `alert_evidence`. */
export interface EvidenceRow {
  at: number;
  line: Uint8Array;
}

/** The narrow row of an alert that belongs to the state group `group`. */
export function alertRow(alert: Alert, group: string): AlertRow {
  return {
    id: alert.id,
    rule: alert.rule,
    advisory: alert.advisory,
    level: alert.level,
    confidence: alert.confidence,
    verdict: alert.verdict,
    device: alert.device,
    device_key: deviceKey(alert.device),
    node: alert.node,
    address: alert.address,
    status: alert.status,
    count: alert.count,
    first_seen: alert.firstSeen,
    last_seen: alert.lastSeen,
    title_en: alert.title.en,
    exposure_state: alert.exposure.state,
    disposition: alert.disposition,
    acknowledged_at: alert.acknowledged?.at ?? null,
    acknowledged_by: alert.acknowledged?.by ?? null,
    grp: group,
  };
}

/** The JSON of what neither the narrow row nor the evidence and note tables hold. */
export function alertBody(alert: Alert): string {
  const body: Body = {
    titleJa: alert.title.ja,
    release: alert.exposure.release,
    reason: alert.exposure.reason,
    details: alert.details,
    caveats: alert.caveats,
    runbook: alert.runbook,
    lead: alert.lead,
    falsepositives: alert.falsepositives,
    references: alert.references,
    related: alert.related,
    sourceAuth: alert.sourceAuth,
  };
  return JSON.stringify(body);
}

/** The alert from its parts; throws STORE_BROKEN where the body is no JSON. */
export function alertFrom(
  row: AlertRow,
  json: string,
  evidence: readonly EvidenceRow[],
  notes: Alert["notes"],
  path: string,
): Alert {
  const body = parseStored<Body>(json, path);
  return {
    ...sharedFields(row),
    title: body.titleJa === undefined ? { en: row.title_en } : { en: row.title_en, ja: body.titleJa },
    exposure: { state: row.exposure_state, release: body.release, reason: body.reason },
    details: body.details,
    caveats: body.caveats,
    evidence: evidence.map(({ at, line }) => ({ at, raw: Uint8Array.from(line) })),
    runbook: body.runbook,
    lead: body.lead,
    falsepositives: body.falsepositives,
    references: body.references,
    related: body.related ?? [],
    sourceAuth: body.sourceAuth,
    notes,
  };
}

/** What a list and a whole alert show alike; `title` is the English one. */
export function sharedFields(row: AlertRow) {
  const { acknowledged_at: at, acknowledged_by: by } = row;
  return {
    id: row.id,
    rule: row.rule,
    advisory: row.advisory,
    title: row.title_en,
    level: row.level,
    confidence: row.confidence,
    verdict: row.verdict,
    device: row.device,
    node: row.node,
    address: row.address,
    status: row.status,
    count: row.count,
    firstSeen: row.first_seen,
    lastSeen: row.last_seen,
    disposition: row.disposition,
    acknowledged: at === null || by === null ? null : { at, by },
  };
}

/** A whole alert as JSON; evidence bytes become base64, since they need not be UTF-8. */
export function alertToJson(alert: Alert): string {
  return JSON.stringify({ ...alert, evidence: alert.evidence.map(packed) });
}

/** The inverse of `alertToJson`; throws STORE_BROKEN where `json` is none. */
export function alertFromJson(json: string, path: string): Alert {
  const stored = parseStored<Omit<Alert, "evidence" | "related"> & { related?: string[]; evidence: Packed[] }>(
    json,
    path,
  );
  const evidence = stored.evidence.map(({ at, b64 }) => ({ at, raw: Uint8Array.from(Buffer.from(b64, "base64")) }));
  return { ...stored, related: stored.related ?? [], evidence };
}

interface Body
  extends Pick<Alert, "details" | "caveats" | "runbook" | "lead" | "falsepositives" | "references" | "sourceAuth"> {
  titleJa: string | undefined;
  /** Not there in what was stored before alerts could be linked. */
  related?: string[];
  release: string | null;
  reason: Text;
}

interface Packed {
  at: number;
  b64: string;
}

function packed({ at, raw }: Evidence): Packed {
  return { at, b64: Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("base64") };
}
