/** Rules from text: written to a folder, loaded as all rules are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CompiledRule } from "../../src/rule/compiled.ts";
import { loadRules } from "../../src/rule/load.ts";

/** An advisory that is about no release. */
export const ADVISORY = `id: probes
title: Probes
summary: Rules for tests.
cves: []
published: "2020-03-04"
revision: "1.0"
references: ["https://example.com/"]
runbook: {}
`;

/** Loads one rule; what it need not say is added. */
export function ruleFrom(text: string): CompiledRule {
  const root = mkdtempSync(join(tmpdir(), "telltale-rule-"));
  try {
    mkdirSync(join(root, "probes"));
    writeFileSync(join(root, "probes", "advisory.yaml"), ADVISORY);
    const head = "id: probe\ntitle: A probe\nstatus: experimental\nlevel: medium\n";
    const tests = 'tests:\n  - { name: fires, steps: [{ lines: "-" }], expect: [{ rule: probe }] }\n';
    writeFileSync(join(root, "probes", "probe.yaml"), `${head}${text}${tests}`);
    return loadRules(root)[0]!;
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}
