/** A fault in a rule file, by its path in the document; load.ts turns it into `file:line:col: problem`. */
export class RuleProblem extends Error {
  readonly path: (string | number)[];

  constructor(path: (string | number)[], message: string) {
    super(message);
    this.name = "RuleProblem";
    this.path = path;
  }
}
