/** Sigma files -> drafts of native rules: the whole import but for the cases, which need the engine. */
import type { Find } from "./correlation.ts";
import { type Draft, draftCorrelation, draftDetection, idOf } from "./draft.ts";
import { readSigma, type SigmaDocument, SigmaProblem } from "./read.ts";

export interface Imported {
  drafts: Draft[];
  /** What cannot be imported, each as `file:line:col: what`. */
  problems: string[];
  /** Restrictions of what is imported. */
  warnings: string[];
}

/** Reads all files together, since correlations may refer to rules of other files. */
export function importSigma(files: { file: string; text: string }[]): Imported {
  const read = files.map(({ file, text }) => readSigma(file, text));
  const documents = read.flatMap((one) => one.documents);
  const problems = read.flatMap((one) => one.problems);
  const find: Find = (reference) =>
    documents.find(({ value }) => value.name === reference) ??
    documents.find(({ value }) => value.id?.toLowerCase() === reference.toLowerCase());
  const wanted = standing(documents, find);
  const drafts: Draft[] = [];
  const ids = new Map<string, SigmaDocument>();
  for (const document of wanted) {
    const alone = wanted.filter(({ file }) => file === document.file).length === 1;
    const id = idOf(document, alone);
    try {
      const other = ids.get(id);
      if (other !== undefined)
        throw new SigmaProblem([], `would be named "${id}" as that of ${other.file}; give it a name of its own`);
      const draft =
        document.value.correlation === undefined ? draftDetection(document, id) : draftCorrelation(document, id, find);
      ids.set(id, document);
      drafts.push(draft);
    } catch (error) {
      if (!(error instanceof SigmaProblem)) throw error;
      problems.push(document.tell(error));
    }
  }
  return { drafts, problems, warnings: documents.flatMap(({ warnings }) => warnings) };
}

/** Documents that become rules of their own, in their order. Correlations that only refer to each other are among
 * them, so that somebody is told of the ring. */
function standing(documents: SigmaDocument[], find: Find): SigmaDocument[] {
  const wanted = new Set(documents.filter((document) => standsAlone(document, documents)));
  const reached = new Set<SigmaDocument>();
  const reach = (document: SigmaDocument) => {
    if (reached.has(document)) return;
    reached.add(document);
    for (const reference of referencesOf(document)) {
      const found = find(reference);
      if (found !== undefined) reach(found);
    }
  };
  for (const document of wanted) reach(document);
  for (const document of documents) {
    if (reached.has(document)) continue;
    wanted.add(document);
    reach(document);
  }
  return documents.filter((document) => wanted.has(document));
}

/** A rule that a correlation refers to is a rule of its own only where `generate` says so. */
function standsAlone(document: SigmaDocument, all: SigmaDocument[]): boolean {
  const { name, id } = document.value;
  const referring = all.filter((other) => referencesOf(other).some((one) => one === name || one === id));
  return (
    referring.length === 0 || referring.some(({ value }) => (value.generate ?? value.correlation?.generate) === true)
  );
}

function referencesOf({ value }: SigmaDocument): string[] {
  const rules = value.correlation?.rules;
  return (Array.isArray(rules) ? rules : [rules]).filter((one) => typeof one === "string");
}
