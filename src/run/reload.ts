/** Rules read again while the listener runs: all of them are good, or nothing changes. */
import { TelltaleError } from "../error.ts";
import { failpoint } from "../failpoint.ts";
import type { Millis } from "../model.ts";
import type { CompiledRule } from "../rule/compiled.ts";
import { countRules } from "../rule/count.ts";
import { loadRules } from "../rule/load.ts";
import { compiledRules } from "../rule/open.ts";
import { loadAlert } from "../store/alerts.ts";
import type { Store } from "../store/open.ts";
import type { Engine } from "./engine.ts";
import { LEFT, type Swapped } from "./swap.ts";

/** What the operator is told. */
export type Reloaded = { kind: "notice" | "warning"; text: string };

/** The rules as they are on the disk now; throws as `loadRules`. */
export function readRules(path: string | undefined): CompiledRule[] {
  return compiledRules(path)?.rules ?? loadRules(path);
}

/** Loads the rules anew and puts them in force between two messages. */
export function reloadRules(engine: Engine, path: string | undefined): Reloaded {
  try {
    return useRules(engine, readRules(path));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const hint = error instanceof TelltaleError ? `\n${error.hint}` : "";
    const still = `the rules as they were stay in force (${countRules(engine.state.rules)})`;
    return { kind: "warning", text: `The rules cannot be reloaded; ${still}:\n${why}${hint}` };
  }
}

/** Puts rules in force between two messages. */
export function useRules(engine: Engine, rules: CompiledRule[]): Reloaded {
  failpoint("reload.loaded");
  const text = tell(rules, engine.swap(rules));
  failpoint("reload.done");
  return { kind: "notice", text };
}

function tell(rules: CompiledRule[], swapped: Swapped): string {
  const parts = [
    ["changed", swapped.changed],
    ["only texts, cases or the advisory changed", swapped.reworded],
    ["added", swapped.added],
    ["removed", swapped.removed],
  ] as const;
  const told = parts.filter(([, ids]) => ids.length > 0).map(([what, ids]) => `${what}: ${ids.join(", ")}`);
  const left = swapped.left.map((alert) => `\n  alert ${alert.id.slice(0, 10)} of ${alert.rule} stays as it was`);
  const more = left.length > LISTED ? [`\n  and ${left.length - LISTED} more alerts`] : [];
  return `Rules reloaded: ${countRules(rules)}; ${told.join("; ") || "nothing changed"}.${[...left.slice(0, LISTED), ...more].join("")}`;
}

/** Alerts that are named one by one. */
const LISTED = 5;

/** Writes into an alert that its rule changed while nobody listened, or is gone. */
export function noteLeft(engine: Engine, store: Store, id: string, group: string, at: Millis): void {
  const alert = loadAlert(store, id);
  if (alert === null) return;
  const text = engine.state.rules.some((rule) => rule.id === alert.rule) ? LEFT.changed : LEFT.removed;
  engine.ledger.keepAlert({ ...alert, notes: [...alert.notes, { at, by: "telltale", text }] }, group, at);
}
