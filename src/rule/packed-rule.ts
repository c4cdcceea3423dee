/** A rule out of a compiled file. With thousands of rules most never meet a message: what finds their signals is at hand,
 * the rest is a line of JSON that is read when it is first asked for. */
import type { Advisory, CompiledRule, CompiledSignal, CompiledVerdict, ConditionData } from "./compiled.ts";
import { Condition } from "./condition.ts";
import type { SignalFile } from "./schema-signal.ts";
import { signalsOf } from "./signal.ts";

/** What is at hand. */
export interface RuleHead {
  id: string;
  stateVersion: string;
  /** Below the folder of rules. */
  file: string;
  /** Its place in the list of advisories. */
  advisory: number;
  signals: Record<string, SignalFile>;
}

/** What is in the line. */
export interface RuleBody extends Omit<CompiledRule, keyof RuleHead | "parts" | "verdicts" | "caveats"> {
  parts: string[];
  verdicts: (Omit<CompiledVerdict, "when"> & PackedWhen)[];
  caveats: (Omit<CompiledRule["caveats"][number], "when"> & PackedWhen)[];
}
interface PackedWhen {
  when: ConditionData[][];
}

type Body = Omit<CompiledRule, keyof RuleHead>;

export class PackedRule implements CompiledRule {
  readonly id: string;
  readonly stateVersion: string;
  readonly file: string;
  readonly advisory: Advisory;
  readonly signals: CompiledSignal[];
  readonly #line: string;
  #read: Body | null = null;

  constructor(head: RuleHead, line: string, root: string, advisory: Advisory) {
    this.id = head.id;
    this.stateVersion = head.stateVersion;
    this.file = `${root}${head.file}`;
    this.advisory = advisory;
    this.signals = signalsOf(head.signals);
    this.#line = line;
  }

  get #body(): Body {
    this.#read ??= bodyOf(JSON.parse(this.#line) as RuleBody);
    return this.#read;
  }

  get version() {
    return this.#body.version;
  }
  get title() {
    return this.#body.title;
  }
  get status() {
    return this.#body.status;
  }
  get level() {
    return this.#body.level;
  }
  get description() {
    return this.#body.description;
  }
  get groupByDevice() {
    return this.#body.groupByDevice;
  }
  get groupByNode() {
    return this.#body.groupByNode;
  }
  get groupFields() {
    return this.#body.groupFields;
  }
  get parts() {
    return this.#body.parts;
  }
  get block() {
    return this.#body.block;
  }
  get correlations() {
    return this.#body.correlations;
  }
  get memory() {
    return this.#body.memory;
  }
  get about() {
    return this.#body.about;
  }
  get reports() {
    return this.#body.reports;
  }
  get verdicts() {
    return this.#body.verdicts;
  }
  get details() {
    return this.#body.details;
  }
  get exposure() {
    return this.#body.exposure;
  }
  get caveats() {
    return this.#body.caveats;
  }
  get lifecycle() {
    return this.#body.lifecycle;
  }
  get fleet() {
    return this.#body.fleet;
  }
  get horizon() {
    return this.#body.horizon;
  }
  get keep() {
    return this.#body.keep;
  }
  get falsepositives() {
    return this.#body.falsepositives;
  }
  get references() {
    return this.#body.references;
  }
  get origin() {
    return this.#body.origin;
  }
}

function bodyOf(packed: RuleBody): Body {
  return {
    ...packed,
    parts: new Set(packed.parts),
    verdicts: packed.verdicts.map(withConditions),
    caveats: packed.caveats.map(withConditions),
  };
}

function withConditions<T extends PackedWhen>(one: T) {
  return { ...one, when: one.when.map((all) => all.map((data) => new Condition(data))) };
}
