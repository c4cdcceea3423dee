/** The cases at the foot of a rule file, made ready for running. */
import type { Millis, SettingsPatch } from "../model.ts";

/** Where something stands in a file. */
export interface Place {
  /** `file:line:col`. */
  place: string;
  column: number;
  /** Whether it is written in brackets, on one line. */
  flow: boolean;
}

/** Lines that arrive, `times` times, `every` so often; `{n}` in them counts up. */
export interface RuleTestLines {
  lines: string;
  from: string;
  times: number;
  every: Millis;
  countFrom: number;
  countBy: number;
}

/** Messages that the machine itself loses, `shed` of them after they were read. */
export interface RuleTestLost {
  lost: number;
  shed: number;
}

export interface RuleTest extends Place {
  name: string;
  steps: (RuleTestLines | { after: Millis } | { device: string; known: SettingsPatch } | RuleTestLost)[];
  /** Where its last log lines stand: `file:line` or `file:line-line`. */
  log: string | null;
  /** Null: not written yet. */
  expect: Record<string, unknown>[] | null;
}
