/** What the lines have taught about a router, and what the advisories say of that. */
import { exposureOf } from "../../detect/device.ts";
import { deviceKey, type Text } from "../../model.ts";
import type { ExplainedDevice } from "../../output/explanation.ts";
import type { CompiledRule } from "../../rule/compiled.ts";
import type { Engine } from "../engine.ts";

/** The routers of these names, as they stand when all lines are judged. */
export function explainDevices(
  engine: Engine,
  names: ReadonlySet<string>,
  rules: readonly CompiledRule[],
  asked: ReadonlySet<string>,
  say: (text: Text) => string,
): ExplainedDevice[] {
  const concerned = rules.filter((rule) => asked.has(rule.id));
  const of = (some: readonly CompiledRule[]) => [
    ...new Map(some.map((rule) => [rule.advisory.id, rule.advisory])).values(),
  ];
  return [...new Set([...names].map(deviceKey))].flatMap((key) => {
    const device = engine.state.devices.get(key);
    if (device === undefined) return [];
    // A release that was learnt is worth telling for every advisory.
    const advisories = of(device.facts.release === null ? concerned : rules);
    if (advisories.length === 0) return [];
    return [
      {
        name: device.facts.name,
        os: device.facts.os,
        release: device.facts.release,
        exposures: advisories.map((advisory) => {
          const { state, reason } = exposureOf(device, advisory);
          return { advisory: advisory.id, state, reason: say(reason) };
        }),
      },
    ];
  });
}
