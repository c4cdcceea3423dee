/** The configuration of `listen`: the only reader of the file and of the environment. */
import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { parseListenAddress } from "../source/source.ts";

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));

const schema = z.strictObject({
  db: z.string().default("./data/telltale.db").describe("SQLite database"),
  rules: z.string().optional().describe("Folder of rules; those that ship with Telltale when left out"),
  listen: z
    .strictObject({
      udp: z
        .strictObject({
          addresses: addresses.default(["5514"]).describe("Addresses; [] for none"),
          driver: z.enum(["native", "syslog-server"]).default("native"),
          receiveBuffer: z.number().int().min(0).default(8_388_608).describe("SO_RCVBUF to ask for, bytes"),
        })
        .prefault({}),
      tcp: z.strictObject({ addresses: addresses.default(["5514"]) }).prefault({}),
      maxMessage: z.number().int().min(480).max(65_507).default(8_192).describe("Longest message kept, bytes"),
      allow: z.array(z.string()).default([]).describe("Networks that may send, such as 192.0.2.0/24; empty: any"),
    })
    .prefault({}),
  devices: z
    .strictObject({ max: z.number().int().min(1).default(50_000).describe("Device records in memory") })
    .prefault({}),
});

export type Config = z.infer<typeof schema>;

/** What the command line may say instead. */
export interface Overrides {
  db?: string | undefined;
  rules?: string | undefined;
  udp?: string[] | undefined;
  tcp?: string[] | undefined;
}

/** Defaults, then the file, then the command line; checked and frozen. Throws CONFIG_INVALID as `file:line:col: problem`. */
export function readConfig(file: string | undefined, overrides: Overrides): Config {
  const config = file === undefined ? schema.parse({}) : readFile(file);
  if (overrides.db !== undefined) config.db = overrides.db;
  if (overrides.rules !== undefined) config.rules = overrides.rules;
  if (overrides.udp !== undefined || overrides.tcp !== undefined) {
    if (file === undefined || overrides.udp !== undefined) config.listen.udp.addresses = overrides.udp ?? [];
    if (file === undefined || overrides.tcp !== undefined) config.listen.tcp.addresses = overrides.tcp ?? [];
  }
  for (const address of [...config.listen.udp.addresses, ...config.listen.tcp.addresses])
    parseListenAddress(address, 5514);
  return Object.freeze(config);
}

function readFile(file: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(readText(file), { lineCounter: lines, merge: false, uniqueKeys: true });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw invalid(document.errors.map((error) => `${place(error.pos[0])}: ${error.message.split("\n")[0]}`));
  }
  const result = schema.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
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
