/** The configuration of `listen`: the only reader of the file. */
import { readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { TelltaleError } from "../error.ts";
import { parseListenAddress } from "../source/source.ts";
import { contradiction, operationsSchema } from "./operations.ts";
import { outputsContradiction, outputsSchema } from "./outputs-config.ts";

const addresses = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => (Array.isArray(value) ? value : [value]));
const where =
  "A port, or `ADDRESS:PORT` such as `192.0.2.10:514` or `[2001:db8::10]:514`; one or a list, `[]` for none. A port alone listens on all addresses.";

/** What the file may say; its descriptions make docs/config.md and the schema for editors. */
export const configSchema = z
  .strictObject({
    db: z.string().default("./data/telltale.db").describe("The SQLite database, on a local disk."),
    rules: z.string().optional().describe("The folder of rules; those that ship with Telltale when left out."),
    watchRules: z
      .boolean()
      .default(true)
      .describe("Reload the rules when their files change; a SIGHUP reloads them in any case."),
    listen: z
      .strictObject({
        udp: z
          .strictObject({
            addresses: addresses.prefault(["5514"]).describe(where),
            driver: z
              .enum(["native", "syslog-server"])
              .default("native")
              .describe("`native`, or `syslog-server`: the npm package, IPv4 only and not exact to the byte."),
            receiveBuffer: z
              .number()
              .int()
              .min(0)
              .default(8_388_608)
              .describe("Bytes of receive buffer to ask the system for; on Linux `net.core.rmem_max` must allow it."),
          })
          .prefault({})
          .describe("Syslog over UDP."),
        tcp: z
          .strictObject({ addresses: addresses.prefault(["5514"]).describe(where) })
          .prefault({})
          .describe("Syslog over TCP: octet counting (RFC 6587), lines, or Cisco's stream without separators."),
        maxMessage: z
          .number()
          .int()
          .min(480)
          .max(65_507)
          .default(8_192)
          .describe("Bytes of the longest message; what is longer is cut and flagged."),
        allow: z
          .array(z.string())
          .default([])
          .describe("Networks that may send, such as `192.0.2.0/24` or `2001:db8::/32`; empty: anyone may."),
      })
      .prefault({})
      .describe("Where messages come in."),
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
    outputs: outputsSchema,
  })
  .meta({
    title: "Telltale configuration",
    description: "The file of `telltale listen --config FILE`. Options of the command line win over it.",
  });

export type Config = z.infer<typeof configSchema>;

/** What the command line may say instead. */
export interface Overrides {
  db?: string | undefined;
  rules?: string | undefined;
  udp?: string[] | undefined;
  tcp?: string[] | undefined;
}

/** Defaults, then the file, then the command line; checked and frozen. Throws CONFIG_INVALID as `file:line:col: problem`. */
export function readConfig(file: string | undefined, overrides: Overrides): Config {
  const config = file === undefined ? configSchema.parse({}) : readFile(file);
  if (overrides.db !== undefined) config.db = overrides.db;
  if (overrides.rules !== undefined) config.rules = overrides.rules;
  if (overrides.udp !== undefined || overrides.tcp !== undefined) {
    if (file === undefined || overrides.udp !== undefined) config.listen.udp.addresses = overrides.udp ?? [];
    if (file === undefined || overrides.tcp !== undefined) config.listen.tcp.addresses = overrides.tcp ?? [];
  }
  for (const address of [...config.listen.udp.addresses, ...config.listen.tcp.addresses])
    parseListenAddress(address, 5514);
  const listens = Object.entries(config.listen).flatMap(([transport, one]) =>
    typeof one === "object" && "addresses" in one ? [[transport, one.addresses] as const] : [],
  );
  const fault = contradiction(config.operations) ?? outputsContradiction(config.outputs, Object.fromEntries(listens));
  if (fault !== null) throw invalid([file === undefined ? fault : `${file}: ${fault}`]);
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
  const result = configSchema.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
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
