/** `telltale rules check`: faults and doubts of rule files, each with its place. */
import { escapeText } from "../output/escape.ts";
import { jsonLine } from "../output/json-line.ts";
import { type Checked, checkRules, type Finding } from "../rule/check.ts";
import { countRules, ruleCounts } from "../rule/count.ts";
import { invalid } from "../rule/document.ts";
import { print } from "./terminal.ts";
import { runAndWatch } from "./watching.ts";

/** Faults in data, after sysexits.h. */
const FAULTS = 65;

interface CheckOptions {
  json?: boolean;
  strict?: boolean;
  watch?: boolean;
}

export async function checkRulesCommand(path: string | undefined, options: CheckOptions): Promise<void> {
  await runAndWatch(path, options.watch === true, async () => {
    const checked = checkRules(path);
    const { faults, warnings } = checked;
    if (options.json) await print(`${jsonLine(checkedJson(checked))}\n`);
    else {
      for (const { place, message } of warnings) await print(`${escapeText(`${place}: warning: ${message}`)}\n`);
      if (faults.length > 0) throw invalid(faults.map(({ place, message }) => `${place}: ${message}`));
      await print(summary(checked));
    }
    return faults.length > 0 || (options.strict === true && warnings.length > 0) ? FAULTS : 0;
  });
}

function summary({ rules, warnings }: Checked): string {
  const cases = rules.reduce((sum, rule) => sum + rule.tests.length, 0);
  const doubts = warnings.length === 0 ? "" : `, ${warnings.length} ${warnings.length === 1 ? "warning" : "warnings"}`;
  const are = rules.length === 1 ? "is" : "are";
  return `${countRules(rules)} ${are} well-formed${doubts} (${cases} cases; \`telltale rules test\` runs them)\n`;
}

function checkedJson({ rules, faults, warnings }: Checked): Record<string, unknown> {
  const plain = ({ place, message }: Finding) => {
    const [, file, line, column] = /^(.*):(\d+):(\d+)$/s.exec(place)!;
    return { file, line: Number(line), column: Number(column), message };
  };
  return {
    ...ruleCounts(rules),
    faults: faults.map(plain),
    warnings: warnings.map(plain),
  };
}
