/** A checked signal -> its index and its conditions. */
import type { Captures, CompiledJoin, CompiledSignal, SignalCondition, SignalData } from "./compiled.ts";
import { compileConditions } from "./conditions.ts";
import { durationMillis } from "./duration.ts";
import { type Expression, ExpressionFault, holdsFor, namesIn, parseExpression } from "./expression.ts";
import { RuleProblem } from "./problem.ts";
import type { SignalFile } from "./schema-signal.ts";
import { asList } from "./text.ts";

/** Compiles the signals of a rule; throws RuleProblem for one that no index could find. */
export function compileSignals(files: Record<string, SignalFile>): CompiledSignal[] {
  const signals = signalsOf(
    Object.entries(files).map(([name, file]) =>
      file.condition === undefined ? plainSignal(name, file) : joinedSignal(name, file),
    ),
  );
  // A fault in a condition is told now, not when the first message comes.
  for (const signal of signals) signal.conditions;
  return signals;
}

/** The signals of a rule from what can be written down of them. Conditions are compiled when they are first needed:
 * most rules never see a message that their index finds. */
export function signalsOf(all: SignalData[]): CompiledSignal[] {
  const plain = all.filter(({ written }) => written.condition === undefined).map(({ name }) => name);
  return all.map((data) => (data.written.condition === undefined ? withConditions(data) : withJoin(data, plain)));
}

function withConditions(data: SignalData): CompiledSignal {
  let compiled: SignalCondition[] | null = null;
  const conditions = () => (compiled ??= compileConditions(data.written, ["signals", data.name]));
  return {
    ...data,
    condition: null,
    get conditions() {
      return conditions();
    },
    match(reading) {
      const captures: Captures = Object.create(null);
      for (const condition of conditions()) if (!condition.test(reading, captures)) return null;
      return captures;
    },
  };
}

function withJoin(data: SignalData, plain: string[]): CompiledSignal {
  const condition = joinOf(data.written.condition!, plain, ["signals", data.name, "condition"]);
  return { ...data, condition, conditions: [], match: () => null };
}

function plainSignal(name: string, file: SignalFile): SignalData {
  const path = ["signals", name];
  const tags = asList(file.tag);
  const tagPrefixes = asList(file["tag|startswith"]);
  const literals = [...asList(file.literal), ...asList(file["or-literal"])];
  const folded = asList(file["literal|i"]).map((literal) => literal.toLowerCase());
  const every = file.every === true;
  const observation = file.observation ?? null;
  if (observation !== null) checkObservation(file, path);
  else if (tags.length + tagPrefixes.length + literals.length + folded.length === 0 && !every)
    throw new RuleProblem(path, `a signal needs an index: ${INDEXES}`);
  if ([...literals, ...folded].some((literal) => literal.length < 4))
    throw new RuleProblem(path, "a literal needs at least 4 characters");
  return {
    name,
    tags,
    tagPrefixes,
    literals,
    observation,
    orLiteral: file["or-literal"] !== undefined,
    folded,
    every,
    unless: unlessOf(file),
    about: file.about ?? null,
    written: file,
  };
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
function joinedSignal(name: string, file: SignalFile): SignalData {
  const others = Object.keys(file).filter((key) => file[key] !== undefined && key !== "condition" && key !== "unless");
  if (others.length > 0)
    throw new RuleProblem(["signals", name, others[0]!], "a signal with a condition has nothing of its own beside it");
  return {
    name,
    tags: [],
    tagPrefixes: [],
    literals: [],
    orLiteral: false,
    folded: [],
    every: false,
    observation: null,
    unless: unlessOf(file),
    about: null,
    written: file,
  };
}

function joinOf(source: string, plain: string[], path: string[]): CompiledJoin {
  const expression = readCondition(source, plain, path);
  if (holdsFor(expression, () => false))
    throw new RuleProblem(path, "holds for messages that none of its signals matches, which is nearly every message");
  const helpers = namesIn(expression, true);
  return {
    source,
    names: new Set([...helpers, ...namesIn(expression, false)]),
    holds: (seen) => holdsFor(expression, (one) => seen.has(one)),
    captures(seen) {
      const captures: Captures = Object.create(null);
      for (const [signal, own] of seen) if (helpers.has(signal)) Object.assign(captures, own);
      return captures;
    },
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
