/** Sigma documents -> native rules, without their cases yet, and lines that may fire them. */
import { LEVELS } from "../../model.ts";
import { assemble, nameOf, type SignalText } from "./assemble.ts";
import { type Correlated, type Find, readCorrelation } from "./correlation.ts";
import { examplesFor, readDetection } from "./detection.ts";
import { COMMAND_TAGS, tagsOf } from "./logsource.ts";
import { type SigmaDocument, textList } from "./read.ts";
import { lineOf, type Step } from "./sample.ts";
import { correlatedSteps } from "./story.ts";
import { notingAtom } from "./value.ts";

/** A rule that waits for its cases. */
export interface Draft {
  id: string;
  document: SigmaDocument;
  /** Where it comes from, line by line. */
  comment: string[];
  /** The file as an object, in the order in which it is written. */
  rule: Record<string, unknown>;
  /** The verdict that a firing case must have. */
  verdict: string;
  /** Steps of which some should fire the rule. */
  stories: Step[][];
}

/** A rule of one detection. */
export function draftDetection(document: SigmaDocument, id: string): Draft {
  const tags = tagsOf(document);
  const detection = readDetection(document);
  const groups = tags === COMMAND_TAGS ? ["user", "command"].map(notingAtom) : [];
  const assembly = assemble(detection, tags, { prefix: "", whole: "match", groups });
  for (const name of assembly.everywhere) warnEverywhere(document, name);
  const stories = examplesFor(detection).map((example): Step[] => [
    { lines: lineOf(example, tags === COMMAND_TAGS, 1) },
  ]);
  const parts = {
    signals: assembly.signals,
    reports: [assembly.name],
    verdicts: [verdict(document, "matched", assembly.name)],
    details: detailsOf(assembly.signals, null),
  };
  return { ...frame(document, id, parts), verdict: "matched", stories };
}

/** A rule of a correlation, with the detections that it counts. */
export function draftCorrelation(document: SigmaDocument, id: string, find: Find): Draft {
  const correlated = readCorrelation(document, find);
  for (const member of correlated.members.values())
    for (const name of member.assembly.everywhere) warnEverywhere(document, name);
  const outer = correlated.correlations.at(-1)!;
  const parts = {
    signals: correlated.signals,
    "group-by": correlated.groupBy,
    correlations: Object.fromEntries(
      correlated.correlations.map(({ name, type, members, timespan, condition }) => [
        name,
        { type, signals: members, timespan, ...(Object.keys(condition).length === 0 ? {} : { condition }) },
      ]),
    ),
    reports: [...correlated.members.values()].map(({ assembly }) => assembly.name),
    verdicts: [verdict(document, "correlated", outer.name)],
    details: detailsOf(correlated.signals, correlated.groupBy),
  };
  return { ...frame(document, id, parts), verdict: "correlated", stories: storiesOf(correlated) };
}

function storiesOf(correlated: Correlated): Step[][] {
  return [0, 1, 2, 3].map((way) => correlatedSteps(correlated, way)).filter((steps) => steps !== null);
}

function frame(
  document: SigmaDocument,
  id: string,
  parts: Record<string, unknown>,
): Pick<Draft, "id" | "document" | "comment" | "rule"> {
  const { value } = document;
  if (value.status === "unsupported")
    document.warn(["status"], "the rule calls itself unsupported: it is imported as deprecated and does not load");
  const retired = value.status === "deprecated" || value.status === "unsupported";
  if (value.level === undefined) document.warn([], `"${value.title}" states no level; it is imported as medium`);
  const description = [value.description?.trim() ?? "", definitionOf(document)]
    .filter((text) => text !== "")
    .join("\n");
  const rule = {
    id,
    title: plainText(value.title),
    status: retired ? "deprecated" : "experimental",
    level: value.level ?? LEVELS[2],
    ...(description === "" ? {} : { description }),
    ...Object.fromEntries(
      Object.entries(parts).filter(([key, part]) => key !== "details" || Object.keys(part as object).length > 0),
    ),
    ...(textList(value.falsepositives).length === 0 ? {} : { falsepositives: textList(value.falsepositives) }),
    ...(textList(value.references).length === 0 ? {} : { references: textList(value.references) }),
    origin: originOf(document),
  };
  const comment = [
    `Imported from Sigma: ${document.file.split("/").at(-1)}${value.id === undefined ? "" : `, rule ${value.id}`}.`,
    "Its cases are made up from what it looks for. Put lines of your own routers, scrubbed, in their place.",
  ];
  return { id, document, comment: comment.map((line) => line.replace(/[\r\n]+/g, " ")), rule };
}

function originOf({ value }: SigmaDocument): Record<string, unknown> {
  const author = textList(value.author).join(", ");
  const origin = {
    format: "sigma",
    id: value.id,
    name: value.name,
    status: value.status,
    author: author === "" ? undefined : author,
    license: value.license,
    date: value.date === undefined ? undefined : String(value.date),
    modified: value.modified === undefined ? undefined : String(value.modified),
    tags: textList(value.tags).length === 0 ? undefined : textList(value.tags),
  };
  return Object.fromEntries(Object.entries(origin).filter(([, one]) => one !== undefined));
}

function definitionOf({ value }: SigmaDocument): string {
  const definition = value.logsource?.definition;
  return typeof definition === "string" ? `Log source: ${definition.trim()}` : "";
}

/** Rules that were tried are believed more than those that nobody has tried. */
function verdict({ value }: SigmaDocument, name: string, fact: string): Record<string, unknown> {
  const tried = value.status === "stable" || value.status === "test";
  return { name, when: { [fact]: true }, confidence: tried ? "medium" : "low" };
}

/** What the patterns take is shown: of a correlation, what it groups by, for the rest is of one message only. */
function detailsOf(signals: Record<string, SignalText>, only: string[] | null): Record<string, string> {
  const taken = [...JSON.stringify(signals).matchAll(/\(\?P?<([a-z]\w*)>/g)].map((match) => match[1]!);
  const names = [...new Set(taken)].filter((name) => only === null || only.includes(name));
  return Object.fromEntries(names.map((name) => [name, name]));
}

/** Braces in a text would be placeholders. */
function plainText(text: string): string {
  return text.replaceAll("{", "(").replaceAll("}", ")");
}

function warnEverywhere(document: SigmaDocument, name: string): void {
  document.warn([], `no word of 4 characters or tag says where "${name}" is to be found: it is tried on every message`);
}

/** The id of a rule: from its file where it is alone there, else from its name or title. */
export function idOf(document: SigmaDocument, alone: boolean): string {
  const stem = document.file
    .split("/")
    .at(-1)!
    .replace(/\.ya?ml$/i, "");
  return nameOf(alone && stem !== "-" ? stem : (document.value.name ?? document.value.title))
    .replaceAll("_", "-")
    .replace(/-{2,}/g, "-")
    .slice(0, 80)
    .replace(/-+$/, "");
}
