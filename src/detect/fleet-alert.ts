/** A fleet's episode -> the alert a human reads: which routers, since when, and what to do for all of them. */
import type { Alert, Text } from "../model.ts";
import { RUNBOOK_PARTS } from "../model.ts";
import type { CompiledFleet, CompiledRule } from "../rule/compiled.ts";
import { fillText, type Values } from "./fill.ts";
import { byFirst } from "./fleet-members.ts";
import type { Episode, FleetMember } from "./state.ts";

/** Routers named in a list; the others are a number. */
const NAMED = 20;
/** Ids of single alerts that the fleet's alert lists. */
const MAX_RELATED = 256;

/** Renders the fleet's alert, of a rule that has one. */
export function renderFleet(rule: CompiledRule, episode: Episode, members: FleetMember[]): Alert {
  const spec = rule.fleet!;
  const names = members.map((member) => member.name);
  const more = names.length > NAMED ? ` +${names.length - NAMED}` : "";
  const devices = names.slice(0, NAMED).join(", ") + more;
  const values: Values = { devices, count: episode.count };
  const details: Alert["details"] = { devices };
  if (episode.quietSince !== null) details.quietSince = new Date(episode.quietSince).toISOString();
  return {
    id: episode.id,
    rule: rule.id,
    advisory: rule.advisory.id,
    title: fillText(spec.title, values),
    level: spec.level,
    confidence: spec.confidence,
    verdict: spec.verdict,
    device: "*",
    node: null,
    address: null,
    status: episode.status,
    count: episode.count,
    firstSeen: Math.min(episode.start, ...members.map((member) => member.first)),
    lastSeen: episode.lastReport,
    exposure: { state: "unknown", release: null, reason: EACH_ITS_OWN },
    details,
    caveats: members.some((member) => member.clock !== "") ? [OWN_CLOCKS] : [],
    evidence: members
      .filter((member) => member.line !== null)
      .sort(byFirst)
      .map(({ line }) => ({ at: line!.at, raw: Buffer.from(line!.raw, "base64") })),
    runbook: runbook(spec, episode, values),
    lead: "mitigate",
    falsepositives: [...spec.falsepositives, ...rule.falsepositives, ...rule.advisory.falsepositives],
    references: [...new Set([...rule.advisory.references, ...rule.references])],
    related: members.flatMap((member) => [...member.alerts].sort()).slice(0, MAX_RELATED),
    sourceAuth: "none",
    acknowledged: episode.acknowledged,
    disposition: episode.disposition,
    notes: episode.notes,
  };
}

const EACH_ITS_OWN: Text = {
  en: "Each router has its own release: see the related alerts.",
  ja: "リリースはルータごとに異なります。関連アラートを参照してください。",
};

const OWN_CLOCKS: Text = {
  en: "The routers were brought together by their own clocks, which say that they follow a time server.",
  ja: "各ルータ自身の時計 (時刻サーバに同期していると示すもの) に基づいて、同時期の事象と判断しています。",
};

function runbook(spec: CompiledFleet, episode: Episode, values: Values): Alert["runbook"] {
  const result = {} as Alert["runbook"];
  for (const part of RUNBOOK_PARTS) {
    result[part] = spec.runbook[part].map((item) => {
      const mark = episode.steps[item.id];
      return {
        ...item,
        do: item.do === null ? null : fillText(item.do, values),
        why: fillText(item.why, values),
        expect: item.expect === null ? null : fillText(item.expect, values),
        done: mark === undefined ? null : { at: mark.at, by: mark.by, line: null },
      };
    });
  }
  return result;
}
