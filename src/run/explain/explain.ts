/** Runs lines through the engine that also judges, looks on, and says what happened to them and why. */
import { keep } from "../../detect/report.ts";
import { deviceKey, type Event, type Text } from "../../model.ts";
import type { ExplainedLine, Explanation } from "../../output/explanation.ts";
import type { CompiledRule } from "../../rule/compiled.ts";
import { collectorDropped } from "../collector.ts";
import { Engine } from "../engine.ts";
import { explainDevices } from "./devices.ts";
import { flagMeaning, headerParts } from "./header.ts";
import { hintsOf } from "./hints.ts";
import type { Input } from "./input.ts";
import { outcomeSentences } from "./outcome.ts";
import { repeatedLine } from "./repeated.ts";
import { explainReport, missingOf } from "./reports.ts";
import { explainSignals, missingSignals } from "./signals.ts";
import { stepNotes } from "./steps.ts";
import { summarize } from "./summary.ts";
import { type Entered, printOf, type Seen, Watch } from "./watch.ts";

/** Device records that an explanation keeps in memory, as a replay does. */
const MAX_DEVICES = 1_000_000;
/** How many lines behind the explained ones are read, to see the message or the block whole. */
const MOST_READ_ON = 500;

export interface ExplainOptions {
  input: Input;
  rules: CompiledRule[];
  /** How the rules' own texts are put. */
  say: (text: Text) => string;
}

/** Explains the input's lines. */
export async function explain({ input, rules, say }: ExplainOptions): Promise<Explanation> {
  const watch = new Watch();
  const engine = new Engine({
    rules,
    policy: input.policy,
    maxDevices: MAX_DEVICES,
    watcher: watch,
    onEvent: (event, order) => watch.onEvent(event, order),
  });
  watch.attach(engine.state);
  if (input.file !== null) engine.session.beginFile(input.policy, input.file);
  const orders: number[] = [];
  let order = 0;
  let readOn = 0;
  let done = false;
  await input.read((step) => {
    if (done) return;
    if ("until" in step) return engine.tick(step.until);
    if ("lost" in step) return collectorDropped(engine, step.lost, step.at);
    if ("settings" in step) return engine.know([step.settings], step.settings.at);
    if (!step.explained && orders.length > 0) {
      if (readOn >= MOST_READ_ON || isWhole(engine, watch, orders)) {
        done = true;
        return;
      }
      readOn++;
    }
    order++;
    if (step.explained) {
      watch.begin();
      orders.push(order);
    }
    engine.accept(step.frame);
    watch.settle();
  });
  engine.finish();
  watch.settle();
  const notes = [...input.notes];
  if (readOn > 0)
    notes.push(
      `${readOn} ${readOn === 1 ? "line" : "lines"} behind ${orders.length === 1 ? "it" : "them"} ${readOn === 1 ? "was" : "were"} read too, to see the message or the block whole`,
    );
  return told(engine, watch, orders, rules, say, notes);
}

/** Whether everything is told that the explained lines are part of. */
function isWhole(engine: Engine, watch: Watch, orders: readonly number[]): boolean {
  return orders.every((order) => {
    const event = judgedEvent(watch, order);
    if (event === undefined) return watch.seen.get(order)?.outcome === "empty";
    const entered = watch.countedAs(event).map(({ key }) => key);
    // A copy of a line that was read before the explained ones: where that one was entered was not looked at.
    const keys = entered.length > 0 ? entered : [...(engine.state.groupsByDevice.get(deviceKey(event.device)) ?? [])];
    return keys.every((key) => {
      const group = engine.state.groups.get(key);
      const open = group === undefined ? [] : [group.block, ...group.parked];
      const message = printOf(keep(event));
      return !open.some((block) => block?.members.some(({ line }) => printOf(line) === message));
    });
  });
}

/** The message that a frame belongs to, once it is whole. */
function eventOf(watch: Watch, order: number): Event | undefined {
  const seen = watch.seen.get(order);
  return watch.events.get(seen?.outcome === "joined" && seen.head !== null ? seen.head : order);
}

/** The message that was judged in the place of a frame: of a copy, the one that it is a copy of. */
function judgedEvent(watch: Watch, order: number): Event | undefined {
  const seen = watch.seen.get(order);
  const first = seen?.outcome === "duplicate" ? (seen.head ?? repeatedLine(watch, seen)) : null;
  return first === null ? eventOf(watch, order) : watch.events.get(first);
}

function told(
  engine: Engine,
  watch: Watch,
  orders: readonly number[],
  rules: readonly CompiledRule[],
  say: (text: Text) => string,
  notes: string[],
): Explanation {
  const lines: ExplainedLine[] = [];
  const messages = new Set<string>();
  for (const order of orders) {
    const seen = watch.seen.get(order);
    if (seen === undefined) continue;
    const event = eventOf(watch, order);
    const entered = event === undefined ? [] : watch.countedAs(event);
    const judged = judgedEvent(watch, order);
    if (judged !== undefined) messages.add(printOf(keep(judged)));
    lines.push(explainLine(engine, watch, seen, event, entered, rules));
  }
  const reports = watch.reports.filter((report) => [...report.messages].some((one) => messages.has(one)));
  const explained = reports.map((report) => explainReport(report, say));
  const last = new Map(reports.map((report) => [report.key, report]));
  const alerted = reports.some((report) => report.judged.outcome === "alert");
  const missing = [
    ...[...last.values()].filter((report) => !alerted || report.judged.outcome === "alert").flatMap(missingOf),
    ...(alerted ? [] : new Set(lines.flatMap((line) => missingSignals(line, rules)))),
  ];
  const names = new Set(orders.flatMap((order) => watch.seen.get(order)?.timed.device ?? []));
  const asked = new Set([
    ...lines.flatMap((line) => line.signals.map((one) => one.rule)),
    ...reports.map((one) => one.rule.id),
  ]);
  const devices = explainDevices(engine, names, rules, asked, say);
  return {
    schema: 1,
    summary: summarize(lines, explained, rules),
    lines,
    reports: explained,
    missing,
    devices,
    notes,
  };
}

function explainLine(
  engine: Engine,
  watch: Watch,
  seen: Seen,
  event: Event | undefined,
  entered: readonly Entered[],
  rules: readonly CompiledRule[],
): ExplainedLine {
  const { timed, outcome } = seen;
  const partOf = outcome === "duplicate" || outcome === "joined" ? (seen.head ?? repeatedLine(watch, seen)) : null;
  const headLine = partOf === null ? null : (watch.seen.get(partOf)?.timed.frame.line ?? null);
  const judged = outcome === "parsed" || outcome === "untagged" || outcome === "foreign" || outcome === "joined";
  const flags = outcome === "joined" ? timed.line.flags : (event?.flags ?? timed.line.flags);
  return {
    line: timed.frame.line,
    raw: Buffer.from(timed.frame.raw).toString("utf8"),
    outcome,
    why: outcomeSentences(seen, outcome === "joined" ? undefined : event, headLine),
    partOf: headLine,
    parts: outcome === "joined" || outcome === "empty" ? [] : headerParts(timed, event),
    flags: [...new Set(flags)].map((flag) => ({ flag, meaning: flagMeaning(flag) })),
    hints: hintsOf(seen, event, rules),
    signals:
      !judged || event === undefined || outcome === "joined"
        ? []
        : withSteps(
            engine,
            event,
            explainSignals(rules, event, entered, (signal) => watch.lineBefore(seen.order, signal)),
            rules,
            entered,
          ),
  };
}

function withSteps(
  engine: Engine,
  event: Event,
  signals: ExplainedLine["signals"],
  rules: readonly CompiledRule[],
  entered: readonly Entered[],
): ExplainedLine["signals"] {
  const isCounted = ({ rule, signal }: ExplainedLine["signals"][number]) =>
    entered.some((one) => one.rule === rule && one.names.has(signal));
  return signals.map((one) =>
    one.result === "matched"
      ? { ...one, notes: [...one.notes, ...stepNotes(engine, event, one, rules, isCounted(one))] }
      : one,
  );
}
