/** A line of a rule's cases that one of its signals matches. */
import { indexSignals, matchSignals } from "../../src/detect/index-signals.ts";
import type { Event } from "../../src/model.ts";
import type { CasedRule } from "../../src/rule/compiled.ts";
import { NOON, Stage } from "../support/stage.ts";

/** The first message of the rule's cases that is this signal, as the router sends it; null where no case has one. */
export function exampleOf(rule: CasedRule, signal: string): string | null {
  const index = indexSignals([rule]);
  const found = messagesOf(rule).find((event) =>
    matchSignals(index, event).some((match) => match.signals.some((one) => one.name === signal)),
  );
  return found === undefined ? null : Buffer.from(found.raw).toString("utf8");
}

function messagesOf(rule: CasedRule): Event[] {
  return rule.tests.flatMap((test) => {
    const stage = new Stage({ rules: [rule] }, NOON);
    for (const step of test.steps) {
      if ("after" in step) stage.wait(step.after);
      else if ("lines" in step)
        stage.send(
          step.lines.split("\n").filter((line) => line !== ""),
          { from: step.from },
        );
    }
    stage.engine.finish();
    return stage.events;
  });
}
