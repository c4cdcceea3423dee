/** A fault in a rule file, by its path in the document; load.ts turns it into `file:line:col: problem`. */
export class RuleProblem extends Error {
  readonly path: (string | number)[];

  constructor(path: (string | number)[], message: string) {
    super(message);
    this.name = "RuleProblem";
    this.path = path;
  }
}

/** Refuses the name of a signal that the rule does not have. */
export function need(known: Set<string>, name: string, path: (string | number)[]): void {
  if (!known.has(name)) throw new RuleProblem(path, `no signal "${name}"; this rule has: ${[...known].join(", ")}`);
}
