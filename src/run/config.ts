/** The configuration of `listen`: the only reader of the file. */
import { readFileSync } from "node:fs";
import { type Document, LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { parseListenAddress } from "../source/source.ts";
import { httpSchema, webOptions } from "./http-config.ts";
import { listenFault, listenSchema } from "./listen-schema.ts";
import { contradiction, operationsSchema } from "./operations-config.ts";
import { outputsContradiction, outputsSchema } from "./outputs-config.ts";
import { retentionSchema } from "./retention-config.ts";

/** What the file may say; its descriptions make docs/config.md and the schema for editors. */
export const configSchema = z
  .strictObject({
    db: z.string().default("./data/telltale.db").describe("The SQLite database, on a local disk."),
    rules: z.string().optional().describe("The folder of rules; those that ship with Telltale when left out."),
    watchRules: z
      .boolean()
      .default(true)
      .describe(
        "Reload the rules when their files change, and all of this when this file does; a SIGHUP reloads it in any case.",
      ),
    listen: listenSchema,
    devices: z
      .strictObject({
        max: z
          .number()
          .int()
          .min(1)
          .default(50_000)
          .describe("Device records in memory; a device with an open window or alert is never given up."),
      })
      .prefault({})
      .describe("What is kept of each router."),
    operations: operationsSchema,
    retention: retentionSchema,
    http: httpSchema,
    outputs: outputsSchema,
  })
  .meta({
    title: "Telltale configuration",
    description: "The file of `telltale listen --config FILE`. Options of the command line win over it.",
  });

export type Config = z.infer<typeof configSchema>;

const TRANSPORTS = ["udp", "tcp", "tls"] as const;

/** Ports where an address names none: those of decision 3, and of RFC 5425. */
export const DEFAULT_PORTS = { udp: 5514, tcp: 5514, tls: 6514 };

/** What the command line may say instead. */
export interface Overrides {
  db?: string | undefined;
  rules?: string | undefined;
  udp?: string[] | undefined;
  tcp?: string[] | undefined;
  http?: string | undefined;
  tls?: string[] | undefined;
}

/** Defaults, then the file, then the command line; checked and frozen. Throws CONFIG_INVALID as `file:line:col: problem`. */
export function readConfig(file: string | undefined, overrides: Overrides): Config {
  const config = file === undefined ? configSchema.parse({}) : readFile(file);
  if (overrides.db !== undefined) config.db = overrides.db;
  if (overrides.rules !== undefined) config.rules = overrides.rules;
  if (overrides.http !== undefined) config.http.address = overrides.http;
  const { listen } = config;
  const said = TRANSPORTS.some((transport) => overrides[transport] !== undefined);
  for (const transport of TRANSPORTS) {
    // Without a file, addresses on the command line are all there are.
    if (said && (file === undefined || overrides[transport] !== undefined))
      listen[transport].addresses = overrides[transport] ?? [];
    for (const address of listen[transport].addresses) parseListenAddress(address, DEFAULT_PORTS[transport]);
  }
  webOptions(config.http);
  const listens = Object.fromEntries(TRANSPORTS.map((transport) => [transport, listen[transport].addresses]));
  const fault =
    listenFault(listen) ?? contradiction(config.operations) ?? outputsContradiction(config.outputs, listens);
  if (fault !== null) throw invalid([file === undefined ? fault : `${file}: ${fault}`]);
  return Object.freeze(config);
}

function readFile(file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), {
    lineCounter: lines,
    merge: false,
    uniqueKeys: true,
    // Its warnings would go to stderr as they are.
    logLevel: "error",
  });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(document.errors.map((error) => `${place(error.pos[0])}: ${error.message.split("\n")[0]}`));
  }
  const result = configSchema.safeParse(toPlain(document, file) ?? {});
  if (result.success) return result.data;
  throw invalid(
    result.error.issues.map((issue) => {
      const path = issue.code === "unrecognized_keys" ? [...issue.path, issue.keys[0]!] : issue.path;
      const node = document.getIn(path, true) as { range?: [number, number, number] } | undefined;
      const what = issue.code === "unrecognized_keys" ? "unknown option" : issue.message;
      return `${node?.range ? place(node.range[0]) : `${file}:1:1`}: ${path.map(String).join(".")}: ${what}`;
    }),
  );
}

/** Aliases of aliases would fill the memory. */
function toPlain(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 10 });
  } catch (error) {
    throw invalid([`${file}:1:1: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new TelltaleError(
      "NO_INPUT",
      `${file}: cannot be read`,
      "Name a file that exists; samples/config.yaml is one to start from.",
      cause,
    );
  }
}

function invalid(problems: string[]): TelltaleError {
  return new TelltaleError(
    "CONFIG_INVALID",
    problems.join("\n"),
    "samples/config.yaml shows every option with its default.",
  );
}
