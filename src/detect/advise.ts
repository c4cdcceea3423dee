/** An episode -> the alert a human reads: level after exposure, caveats, runbook with its steps ticked. */
import type { Alert, Evidence, Exposure, Level, Millis, Runbook, RunbookItem, Text } from "../model.ts";
import { LEVELS, RUNBOOK_PARTS } from "../model.ts";
import type { CompiledRule, CompiledVerdict } from "../rule/compiled.ts";
import { exposureOf } from "./device.ts";
import { doubtText } from "./doubt.ts";
import { fillCommand, fillText, type Values } from "./fill.ts";
import { renderFleet } from "./fleet-alert.ts";
import { verdictOf } from "./judge.ts";
import { recoveryCaveats, stepsLeft } from "./recovery.ts";
import { believed, releaseOf, senderOf, sourceCaveats } from "./settings.ts";
import type { DeviceState, Episode, GroupState, KeptLine, StepMark } from "./state.ts";

/** Renders the group's episode; `device` is null for that of a fleet. */
export function renderAlert(
  rule: CompiledRule,
  group: GroupState,
  episode: Episode,
  device: DeviceState | null,
): Alert {
  if (episode.fleet !== undefined) return renderFleet(rule, episode, episode.fleet.members);
  if (device === null) throw new Error(`the alert ${episode.id} is of a device that is not known`);
  const { judgement } = episode;
  const verdict = verdictOf(rule, judgement.verdict);
  const exposure = exposureOf(device, rule.advisory);
  const unexplained = isUnexplained(rule, exposure, device);
  const level = unexplained ? lowered(rule, judgement.level, exposure) : judgement.level;
  const name = device.apart === null ? device.facts.name : (device.settings?.name ?? device.facts.name);
  const values: Values = {
    ...judgement.details,
    device: name,
    node: group.node ?? NO_NODE,
    release: exposure.release ?? undefined,
  };
  const details: Alert["details"] = { ...judgement.details };
  if (episode.quietSince !== null) details.quietSince = iso(episode.quietSince);
  const left = stepsLeft(rule, episode);
  if (left.length > 0) details.stepsLeft = left.join(", ");
  return {
    id: episode.id,
    rule: rule.id,
    advisory: rule.advisory.id,
    title: fillText(verdict?.title ?? rule.title, values),
    level,
    confidence: believed(judgement.confidence, device),
    verdict: judgement.verdict,
    device: name,
    node: group.node,
    address: episode.address,
    status: episode.status,
    count: episode.count,
    firstSeen: episode.start,
    lastSeen: episode.lastReport,
    exposure,
    details,
    caveats: [...sourceCaveats(device, episode), ...caveats(rule, episode, unexplained, values)],
    evidence: [...episode.evidence.first, ...episode.evidence.strongest, ...episode.evidence.last].map(evidence),
    runbook: runbook(rule, verdict, episode, values),
    lead: episode.status === "recurring" && rule.lifecycle.lead !== null ? rule.lifecycle.lead : "recover",
    falsepositives: [...rule.falsepositives, ...rule.advisory.falsepositives],
    references: [...new Set([...rule.advisory.references, ...rule.references])],
    related: episode.related,
    sourceAuth: senderOf(device, episode),
    acknowledged: episode.acknowledged,
    disposition: episode.disposition,
    notes: episode.notes,
  };
}

/** Whether the advisory does not explain the alert, by what is known of the router. */
function isUnexplained(rule: CompiledRule, { state }: Exposure, device: DeviceState): boolean {
  if (rule.exposure === null) return false;
  if (state === "fixed") return true;
  // One forged header may change what a router is taken for; messages that tell the system themselves are believed first.
  return state === "not-affected" && (rule.exposure.bySystem || releaseOf(device).os === rule.advisory.exposure?.os);
}

/** The level of a report on this router, which what is known of its release may lower. */
export function levelOn(rule: CompiledRule, level: Level, device: DeviceState): Level {
  const exposure = exposureOf(device, rule.advisory);
  return isUnexplained(rule, exposure, device) ? lowered(rule, level, exposure) : level;
}

/** What the release says may lower the level; it never takes the alert away. */
function lowered(rule: CompiledRule, level: Level, exposure: Exposure): Level {
  const { lower = 0, atMost = null } = rule.exposure ?? {};
  const rank = LEVELS.indexOf(level);
  if (exposure.state === "fixed") return LEVELS[Math.max(0, rank - lower)]!;
  return atMost === null ? level : LEVELS[Math.min(rank, LEVELS.indexOf(atMost))]!;
}

function caveats(rule: CompiledRule, episode: Episode, unexplained: boolean, values: Values): Text[] {
  const texts = recoveryCaveats(rule, verdictOf(rule, episode.judgement.verdict), episode, values);
  texts.push(...episode.judgement.caveats.map((i) => fillText(rule.caveats[i]!.text, values)));
  if (rule.exposure !== null && unexplained) texts.push(fillText(rule.exposure.caveat, values));
  if (episode.judgement.split) texts.push(SPLIT);
  for (const doubt of episode.judgement.doubts ?? []) texts.push(doubtText(doubt));
  return texts;
}

/** How texts name the node of a message that names none. */
const NO_NODE: Text = { en: "the node that printed the message", ja: "メッセージを出力したノード" };

const SPLIT: Text = {
  en: "The message was cut from a TCP stream without separators and its counter does not follow on: its bounds are a guess.",
  ja: "区切りのない TCP ストリームから切り出されたメッセージで、カウンタも連続していないため、境界は推定です。",
};

function runbook(rule: CompiledRule, verdict: CompiledVerdict | undefined, episode: Episode, values: Values): Runbook {
  const result = {} as Runbook;
  for (const part of RUNBOOK_PARTS) {
    const items = verdict?.runbook[part] ?? rule.advisory.runbook[part];
    result[part] = items.map((item): RunbookItem => {
      const mark = episode.steps[item.id];
      return {
        ...item,
        run: item.run === null ? null : fillCommand(item.run, values),
        do: item.do === null ? null : fillText(item.do, values),
        why: fillText(item.why, values),
        expect: item.expect === null ? null : fillText(item.expect, values),
        done: mark === undefined ? null : tick(mark),
      };
    });
  }
  return result;
}

function tick({ at, by, line, elsewhere }: StepMark): RunbookItem["done"] {
  const tick = { at, by, line: line === null ? null : decodeLine(line) };
  return elsewhere == null ? tick : { ...tick, node: elsewhere };
}

function evidence(line: KeptLine): Evidence {
  return { at: line.at, raw: Buffer.from(line.raw, "base64") };
}

function decodeLine(raw: string): string {
  return Buffer.from(raw, "base64").toString("utf8");
}

function iso(at: Millis): string {
  return new Date(at).toISOString();
}
