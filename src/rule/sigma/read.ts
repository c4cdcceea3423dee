/** Sigma files as text -> their documents, checked as far as every document must be, with the place of each fault. */
import { type Document, isScalar, LineCounter, parseAllDocuments } from "yaml";
import { z } from "zod";
import { LEVELS } from "../../model.ts";
import { badAliases } from "../alias.ts";

export type Path = (string | number)[];

/** A fault or a restriction in a Sigma document, by its path in it; `offset` counts characters of a one-line value. */
export class SigmaProblem extends Error {
  readonly path: Path;
  readonly offset: number;

  constructor(path: Path, message: string, offset = 0) {
    super(message);
    this.name = "SigmaProblem";
    this.path = path;
    this.offset = offset;
  }
}

/** One document of a Sigma file. */
export interface SigmaDocument {
  file: string;
  value: SigmaFile;
  /** How many documents the file has. */
  siblings: number;
  /** `file:line:col: path: message`. */
  tell(problem: SigmaProblem): string;
  /** Restrictions that the reader should know of. */
  warnings: string[];
  warn(path: Path, message: string): void;
}

const MAX_SIZE = 1_000_000;
const lines = z.union([z.string(), z.array(z.string())]);
const date = z.union([z.string(), z.number()]);

const sigmaFile = z
  .looseObject({
    title: z.string({ error: "a title is needed" }).min(1).max(1_000),
    id: z.string().optional(),
    name: z.string().optional(),
    taxonomy: z.string().optional(),
    status: z.enum(["stable", "test", "experimental", "deprecated", "unsupported"]).optional(),
    description: z.string().nullable().optional(),
    license: z.string().optional(),
    author: lines.nullable().optional(),
    references: lines.nullable().optional(),
    date: date.optional(),
    modified: date.optional(),
    logsource: z.looseObject({}).optional(),
    detection: z.looseObject({}).optional(),
    correlation: z.looseObject({}).optional(),
    falsepositives: lines.nullable().optional(),
    level: z.enum(LEVELS).optional(),
    tags: lines.nullable().optional(),
    generate: z.boolean().optional(),
  })
  .superRefine((file, context) => {
    const fault = (key: string, message: string) =>
      context.addIssue({ code: "custom", path: file[key] === undefined ? [] : [key], message });
    if (file.filter !== undefined) fault("filter", "filters of Sigma are not supported");
    else if (file.action !== undefined) fault("action", "collections of old Sigma (action: …) are not supported");
    else if ((file.detection === undefined) === (file.correlation === undefined))
      fault("", "a document has either a detection or a correlation");
    if (file.taxonomy !== undefined && file.taxonomy !== "sigma")
      fault("taxonomy", `the taxonomy "${file.taxonomy}" is not known`);
  });
export type SigmaFile = z.infer<typeof sigmaFile>;

/** Reads every document of one file; what is no Sigma rule is told in `problems`. */
export function readSigma(file: string, text: string): { documents: SigmaDocument[]; problems: string[] } {
  if (text.length > MAX_SIZE) return { documents: [], problems: [`${file}:1:1: larger than ${MAX_SIZE} characters`] };
  const counter = new LineCounter();
  const parsed = parseAllDocuments(text, {
    lineCounter: counter,
    merge: false,
    uniqueKeys: true,
    schema: "core",
    // Its warnings would go to stderr as they are.
    logLevel: "error",
  });
  const all = (Array.isArray(parsed) ? parsed : []).filter((document) => document.contents !== null);
  const problems: string[] = [];
  if (all.length === 0) problems.push(`${file}:1:1: holds no Sigma rule`);
  const documents = all.flatMap((document) => {
    const place = (offset: number) => {
      const { line, col } = counter.linePos(offset);
      return `${file}:${line}:${col}`;
    };
    for (const error of document.errors)
      problems.push(`${place(error.pos[0])}: ${error.message.split("\n")[0]!.replace(/ at line \d+.*$/, "")}`);
    const aliases = badAliases(document);
    for (const [offset, message] of aliases) problems.push(`${place(offset)}: ${message}`);
    if (document.errors.length + aliases.length > 0) return [];
    const tell = (problem: SigmaProblem) =>
      `${place(offsetOf(document, problem))}: ${problem.path.length === 0 ? "" : `${problem.path.join(".")}: `}${problem.message}`;
    const value = toPlain(document, (message) => problems.push(`${place(0)}: ${message}`));
    if (value === undefined) return [];
    const checked = sigmaFile.safeParse(value);
    if (!checked.success) {
      for (const { path, message } of checked.error.issues)
        problems.push(
          tell(
            new SigmaProblem(
              path.map((part) => (typeof part === "number" ? part : String(part))),
              message,
            ),
          ),
        );
      return [];
    }
    const warnings: string[] = [];
    const warn = (path: Path, message: string) => void warnings.push(tell(new SigmaProblem(path, message)));
    return [{ file, value: checked.data, siblings: all.length, tell, warnings, warn }];
  });
  return { documents, problems };
}

function toPlain(document: Document, fault: (message: string) => void): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (error) {
    fault(error instanceof Error ? error.message : String(error));
    return undefined;
  }
}

/** Where the nearest part of the path that is there begins. */
function offsetOf(document: Document, { path, offset }: SigmaProblem): number {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    const range = (node as { range?: [number, number, number] } | undefined)?.range;
    if (range === undefined) continue;
    const oneLine = isScalar(node) && (node.type === "PLAIN" || node.type?.startsWith("QUOTE") === true);
    if (length < path.length || !oneLine) return range[0];
    return range[0] + offset + (node.type === "PLAIN" ? 0 : 1);
  }
  return document.range?.[0] ?? 0;
}

/** A value or a list: always a list of texts. */
export function textList(value: string | string[] | null | undefined): string[] {
  return value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];
}
