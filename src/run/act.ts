/** An operator's act applied to a stored alert: by its state where there is one, else to the alert alone. */
import { renderAlert } from "../detect/advise.ts";
import { applyAct } from "../detect/episode.ts";
import { isHalf } from "../detect/recovery.ts";
import type { GroupState } from "../detect/state.ts";
import { TelltaleError } from "../error.ts";
import type { Act, Alert, AlertChange } from "../model.ts";
import { RUNBOOK_PARTS } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { recordAct } from "../store/acts.ts";
import { findAlert } from "../store/alerts.ts";
import { loadDevice } from "../store/devices.ts";
import type { Store } from "../store/open.ts";
import { knownDevices } from "./known-device.ts";

/** Records the act in one transaction; returns the alert after it. Throws NOT_FOUND for an unknown alert or step. */
export function performAct(store: Store, given: Act, rules: CompiledRule[]): Alert {
  const before = findAlert(store, given.alert);
  const act = { ...given, alert: before.id };
  if (act.kind === "done") requireStep(before, act.step ?? "");
  const rule = rules.find((one) => one.id === before.rule);
  return recordAct(store, act, (data, alert) => {
    const group = data === null ? null : (JSON.parse(data) as GroupState);
    const device = group === null ? null : loadDevice(store, group.deviceKey);
    if (
      group === null ||
      rule === undefined ||
      (device === null && group.seen === undefined) ||
      group.version !== rule.stateVersion ||
      group.episode?.id !== alert.id
    ) {
      return actAlone(act, alert, rule);
    }
    const { episode } = group;
    const changes = applyAct(rule, group, act);
    const dues = Object.values(group.timers);
    return {
      alert: renderAlert(rule, group, episode, device === null ? null : knownDevices(store)(device)),
      state: JSON.stringify(group),
      due: dues.length === 0 ? null : Math.min(...dues),
      changed: changes.includes("status") ? "status" : "updated",
    };
  }).alert;
}

/** An alert whose state is gone: it was replayed, its rule has changed, or it is long over. */
function actAlone(
  act: Act,
  alert: Alert,
  rule: CompiledRule | undefined,
): { alert: Alert; state: null; changed: AlertChange } {
  const after: Alert = { ...alert, notes: [...alert.notes] };
  if (act.note !== null) after.notes.push({ at: act.at, by: act.by, text: act.note });
  if (act.kind === "ack") after.acknowledged ??= { at: act.at, by: act.by };
  if (act.kind === "close") {
    after.status = "closed";
    after.disposition = act.disposition ?? alert.disposition;
  }
  if (act.kind === "done") {
    after.runbook = { ...alert.runbook };
    for (const part of RUNBOOK_PARTS) {
      after.runbook[part] = alert.runbook[part].map((item) =>
        item.id === act.step ? { ...item, done: { at: act.at, by: act.by, line: null } } : item,
      );
    }
    leaveOut(after, act.step ?? "");
    const isStep = rule?.lifecycle.steps.some((step) => step.id === act.step) ?? false;
    if (isStep && (alert.status === "open" || alert.status === "recurring")) after.status = "recovering";
  }
  return { alert: after, state: null, changed: after.status === alert.status ? "updated" : "status" };
}

/** A step that is done is no longer left to do. */
function leaveOut(alert: Alert, step: string): void {
  const { stepsLeft, ...details } = alert.details;
  if (typeof stepsLeft !== "string") return;
  const left = stepsLeft.split(", ").filter((one) => one !== step);
  alert.details = left.length === 0 ? details : { ...details, stepsLeft: left.join(", ") };
  if (left.length === 0) alert.caveats = alert.caveats.filter((caveat) => !isHalf(caveat));
}

function requireStep(alert: Alert, step: string): void {
  const ids = RUNBOOK_PARTS.flatMap((part) => alert.runbook[part].map((item) => item.id));
  if (ids.includes(step)) return;
  throw new TelltaleError("NOT_FOUND", `alert ${alert.id} has no step "${step}"`, `Its steps: ${ids.join(", ")}.`);
}
