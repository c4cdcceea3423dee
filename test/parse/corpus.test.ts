/** Lines that other projects test with, where a copy of them lies beside the repository. */

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type ParsedLine, parseLine } from "../../src/parse/parse.ts";

const CORPUS = join(import.meta.dirname, "../../../shared/corpus");

interface Sample {
  file: string;
  line: string;
  os: string;
  parsed: ParsedLine;
  expected: Record<string, unknown>;
}

function samples(): Sample[] {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith(".jsonl"));
  return files.flatMap((file) =>
    readFileSync(join(CORPUS, file), "utf8")
      .split("\n")
      .filter((row) => row !== "")
      .map((row) => JSON.parse(row))
      .filter((row) => row.line !== undefined || row.b64 !== undefined)
      .map((row) => {
        const raw = row.b64 === undefined ? Buffer.from(row.line) : Buffer.from(row.b64, "base64");
        const parsed = parseLine(raw, file.startsWith("ntc-"));
        return { file, line: raw.toString(), os: row.os, parsed, expected: row.expect ?? {} };
      }),
  );
}

function tagOf(parsed: ParsedLine): string | null {
  return parsed.tag === null ? null : `${parsed.tag.facility}-${parsed.tag.severity}-${parsed.tag.mnemonic}`;
}

/** What the sample's own project expects and we read otherwise. */
function disagreements({ parsed, expected }: Sample): string[] {
  const { tag, facility, severity, mnemonic, host, number, messageId } = expected;
  const wanted = tag ?? (mnemonic !== undefined ? `${facility}-${severity}-${mnemonic}` : undefined);
  // A facility as a number is the PRI's, and so is the severity beside it.
  const pri = typeof facility === "number" ? { facility, severity } : undefined;
  const hosts: unknown[] = [parsed.origin, parsed.relay, parsed.hostname];
  return [
    wanted !== undefined && wanted !== tagOf(parsed) ? `tag ${wanted}` : "",
    pri !== undefined && (pri.facility !== parsed.pri?.facility || pri.severity !== parsed.pri.severity)
      ? `PRI ${pri.facility}.${pri.severity}`
      : "",
    typeof host === "string" && host !== "<receiver>" && !hosts.includes(host) ? `host ${host}` : "",
    typeof number === "string" && number !== "" && Number(number) !== parsed.sequence ? `sequence ${number}` : "",
    messageId !== undefined && Number(messageId) !== parsed.counter ? `counter ${messageId}` : "",
  ].filter((text) => text !== "");
}

describe.skipIf(!existsSync(CORPUS))("other projects' lines", () => {
  const all = existsSync(CORPUS) ? samples() : [];

  it("of Cisco systems are read as their projects expect, in 98 of 100 cases", () => {
    const cisco = all.filter(
      ({ os, expected }) => /^(?:ios|iosxe|iosxr|nxos|asa)$/.test(os) && Object.keys(expected).length > 0,
    );
    expect(cisco.length).toBeGreaterThan(80);
    const wrong = cisco.flatMap((sample) => disagreements(sample).map((what) => `${what}: ${sample.line}`));
    expect(wrong.length, wrong.join("\n")).toBeLessThanOrEqual(cisco.length * 0.02);
  });

  it("of Cisco systems have a tag of the right dialect wherever they have a tag at all", () => {
    const dialects: Record<string, string[]> = {
      ios: ["ios", "ios-xe", "nx-os", "other"],
      iosxe: ["ios", "ios-xe"],
      iosxr: ["ios-xr"],
      nxos: ["nx-os"],
      asa: ["asa"],
    };
    const tagged = all.filter(({ os, parsed }) => os in dialects && parsed.tag !== null);
    expect(tagged.length).toBeGreaterThan(150);
    const wrong = tagged.filter(({ os, parsed }) => !dialects[os]!.includes(parsed.dialect));
    expect(wrong.map(({ line }) => line)).toEqual([]);
  });

  it("of RFC 5424 are valid or not as their project says, but for escapes and bytes that the RFC lets a receiver take", () => {
    const rfc5424 = all.filter(({ expected }) => expected.family === "rfc5424" && expected.valid !== undefined);
    expect(rfc5424.length).toBeGreaterThan(100);
    const wrong = rfc5424.filter(({ parsed, expected }) => (parsed.envelope === "rfc5424") !== expected.valid);
    // MSG bytes are ours to judge later, and an unknown escape is no error (RFC 5424 6.3.3).
    const strict = wrong.filter(({ line }) => !/^<1>[12] - - - - - - |^<1>1 - - - - - -\n|"\\n"/.test(line));
    expect(strict.map(({ line }) => line)).toEqual([]);
  });

  it("of Linux give no tag and no Cisco dialect", () => {
    const linux = all.filter(({ file }) => file.startsWith("loghub"));
    expect(linux.length).toBeGreaterThan(1000);
    expect(
      linux.filter(({ parsed }) => parsed.tag !== null || parsed.dialect !== "other").map(({ line }) => line),
    ).toEqual([]);
  });
});
