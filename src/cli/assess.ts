/** `telltale assess`: terminal captures in, the exposure of each router to each advisory out. */
import { assessmentCards, assessmentJson, assessmentSummary } from "../output/assessment.ts";
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { openAdvisories } from "../rule/open.ts";
import { assess } from "../run/assess.ts";
import { storeAssessed } from "../run/store-assessed.ts";
import { openStore } from "../store/open.ts";
import { print, terminalWidth, userName, wantsColor, wantsJson } from "./terminal.ts";

interface AssessOptions {
  format?: "text" | "json";
  json?: boolean;
  db?: string;
  failOnVulnerable?: boolean;
  rules?: string;
  lang: "en" | "ja";
}

export async function assessCommand(paths: string[], options: AssessOptions): Promise<void> {
  const advisories = await openAdvisories(options.rules);
  const { devices, assessments: captured, notes, broken } = await assess(paths, advisories);
  let assessments = captured;
  if (options.db !== undefined) {
    const store = openStore(options.db, { at: Date.now() });
    try {
      assessments = storeAssessed(store, devices, advisories, { at: Date.now(), by: userName() });
    } finally {
      store.close();
    }
  }
  if (wantsJson(options)) {
    for (const one of assessments) await print(`${jsonLine(assessmentJson(one, options.lang))}\n`);
  } else {
    await print(assessmentCards(assessments, { color: wantsColor(), width: terminalWidth(), lang: options.lang }));
  }
  process.stderr.write(assessmentSummary(assessments, options.lang));
  for (const note of notes) process.stderr.write(`${escapeText(note)}\n`);
  if (broken !== null) throw broken;
  if (options.failOnVulnerable && assessments.some((one) => one.state === "vulnerable")) process.exitCode = 1;
}
