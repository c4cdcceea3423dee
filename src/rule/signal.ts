/** A checked signal -> its index and its conditions. */
import type { Captures, CompiledSignal, SignalCondition } from "./compiled.ts";
import { compileConditions } from "./conditions.ts";
import { durationMillis } from "./duration.ts";
import { type Expression, ExpressionFault, holdsFor, namesIn, parseExpression } from "./expression.ts";
import { RuleProblem } from "./problem.ts";
import type { Reading } from "./reading.ts";
import type { SignalFile } from "./schema-signal.ts";
import { asList } from "./text.ts";

/** Compiles the signals of a rule; throws RuleProblem for one that no index could find. */
export function compileSignals(files: Record<string, SignalFile>): CompiledSignal[] {
  const signals = signalsOf(files);
  // A fault in a condition is told now, not when the first message comes.
  for (const signal of signals) signal.conditions;
  return signals;
}

/** The signals of a rule. Conditions are compiled when they are first asked for: most rules never see a message that
 * their index finds. */
export function signalsOf(files: Record<string, SignalFile>): CompiledSignal[] {
  const plain = Object.keys(files).filter((name) => files[name]!.condition === undefined);
  return Object.entries(files).map(([name, file]) =>
    file.condition === undefined ? new PlainSignal(name, file) : compileJoined(name, file, plain),
  );
}

/** A signal with conditions of its own. */
class PlainSignal implements CompiledSignal {
  readonly name: string;
  readonly tags: string[];
  readonly tagPrefixes: string[];
  readonly literals: string[];
  readonly orLiteral: boolean;
  readonly folded: string[];
  readonly every: boolean;
  readonly observation: CompiledSignal["observation"];
  readonly unless: CompiledSignal["unless"];
  readonly about: string | null;
  readonly written: SignalFile;
  readonly condition = null;
  #conditions: SignalCondition[] | null = null;

  constructor(name: string, file: SignalFile) {
    this.name = name;
    this.tags = asList(file.tag);
    this.tagPrefixes = asList(file["tag|startswith"]);
    this.orLiteral = file["or-literal"] !== undefined;
    this.literals = this.orLiteral ? asList(file.literal).concat(asList(file["or-literal"])) : asList(file.literal);
    this.folded = asList(file["literal|i"]).map((literal) => literal.toLowerCase());
    const indexed = this.tags.length + this.tagPrefixes.length + this.literals.length + this.folded.length > 0;
    this.every = file.every === true && !indexed;
    this.observation = file.observation ?? null;
    this.unless = unlessOf(file);
    this.about = file.about ?? null;
    this.written = file;
    this.#checkIndex(["signals", name]);
  }

  get conditions(): readonly SignalCondition[] {
    this.#conditions ??= compileConditions(this.written, ["signals", this.name]);
    return this.#conditions;
  }

  match(reading: Reading): Captures | null {
    const captures: Captures = Object.create(null);
    for (const condition of this.conditions) if (!condition.test(reading, captures)) return null;
    return captures;
  }

  #checkIndex(path: string[]): void {
    const { tags, tagPrefixes, literals, folded } = this;
    if (this.observation !== null) checkObservation(this.written, path);
    else if (tags.length + tagPrefixes.length + literals.length + folded.length === 0 && !this.every)
      throw new RuleProblem(path, `a signal needs an index: ${INDEXES}`);
    if ([...literals, ...folded].some((literal) => literal.length < 4))
      throw new RuleProblem(path, "a literal needs at least 4 characters");
    if (literals.length > 0 && folded.length > 0)
      throw new RuleProblem(
        [...path, "literal|i"],
        "stands beside no other literal: make one of them a condition, text|contains or line|contains|i",
      );
  }
}

const INDEXES = "tag, tag|startswith, literal, or-literal, literal|i, observation, or every: true";

/** An observation is no message: it has a router and nothing else that a condition could look at. */
function checkObservation(file: SignalFile, path: string[]): void {
  const others = Object.keys(file).filter(
    (key) => file[key] !== undefined && !/^(?:observation|unless|device\b.*)$/.test(key),
  );
  if (others.length > 0)
    throw new RuleProblem([...path, others[0]!], "beside an observation only device conditions and unless may stand");
}

/** A signal of other signals of the rule: `selection and not filter`. */
function compileJoined(name: string, file: SignalFile, plain: string[]): CompiledSignal {
  const path = ["signals", name, "condition"];
  const others = Object.keys(file).filter((key) => file[key] !== undefined && key !== "condition" && key !== "unless");
  if (others.length > 0)
    throw new RuleProblem(["signals", name, others[0]!], "a signal with a condition has nothing of its own beside it");
  const expression = readCondition(file.condition!, plain, path);
  if (holdsFor(expression, () => false))
    throw new RuleProblem(path, "holds for messages that none of its signals matches, which is nearly every message");
  const helpers = namesIn(expression, true);
  return {
    name,
    tags: [],
    tagPrefixes: [],
    literals: [],
    orLiteral: false,
    folded: [],
    every: false,
    observation: null,
    condition: {
      source: file.condition!,
      names: new Set([...helpers, ...namesIn(expression, false)]),
      holds: (seen) => holdsFor(expression, (one) => seen.has(one)),
      captures(seen) {
        const captures: Captures = Object.create(null);
        for (const [signal, own] of seen) if (helpers.has(signal)) Object.assign(captures, own);
        return captures;
      },
    },
    unless: unlessOf(file),
    about: null,
    conditions: [],
    written: file,
    match: () => null,
  };
}

function readCondition(source: string, plain: string[], path: (string | number)[]): Expression {
  try {
    return parseExpression(source, plain);
  } catch (error) {
    if (!(error instanceof ExpressionFault)) throw error;
    throw new RuleProblem(path, `${error.message} (character ${error.offset + 1} of the condition)`);
  }
}

function unlessOf(file: SignalFile): CompiledSignal["unless"] {
  return file.unless ? { signal: file.unless.signal, within: durationMillis(file.unless.within) } : null;
}
