/** The sample stories: each says what its golden file says, alone, together, twice and in any locale. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { CONFIDENCES, LEVELS, STATUSES } from "../src/model.ts";
import { telltale } from "./support/cli.ts";
import { quietDay } from "./support/quiet-day.ts";

const SAMPLES = fileURLToPath(new URL("../samples", import.meta.url));
const STORIES = namesOf(".log");
/** Raise nothing. */
const QUIET = ["hostile-text", "planned-reload", "quiet-day"];
/** Its lines stand at 1970, so a story with a date moves time on for it and it shows since when it is quiet. */
const TIMELESS = "advisory-block";

test("there are stories, each has a golden file and each golden file a story", () => {
  expect(STORIES.length).toBeGreaterThanOrEqual(11);
  expect(namesOf(".alerts.json")).toEqual(STORIES);
});

describe.each(STORIES)("%s", (story) => {
  test("prints its golden file byte for byte, and no year has to be guessed", async () => {
    const ran = await replay([story]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toBe(golden(story));
    expect(ran.stderr).not.toContain("--year");
  });

  test("has alerts with every field of the contract", () => {
    const alerts = alertsOf(golden(story));
    expect(alerts.length === 0).toBe(QUIET.includes(story));
    for (const alert of alerts) expect(() => ALERT.parse(alert)).not.toThrow();
  });

  test("names only documentation addresses", () => {
    const addresses = read(`${story}.log`).match(/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g) ?? [];
    expect(addresses.filter((address) => !/^(?:192\.0\.2|198\.51\.100)\./.test(address))).toEqual([]);
  });
});

describe("all stories together", () => {
  let together: string;
  beforeAll(async () => {
    together = (await replay(STORIES)).stdout;
  });

  test("print what each dated story prints alone, by first seen, device and rule", async () => {
    const dated = STORIES.filter((story) => story !== TIMELESS);
    const union = dated.flatMap((story) => golden(story).split("\n").slice(0, -1)).sort(byOrder);
    const lines = together.split("\n").slice(0, -1);
    const timeless = alertsOf(golden(TIMELESS)).map((alert) => alert.id);
    expect(lines.filter((line) => !timeless.includes(JSON.parse(line).id))).toEqual(union);
  });

  test("print the story without dates as alone, but for the quiet that later dates bring", () => {
    const [alone, ...none] = alertsOf(golden(TIMELESS));
    const among = alertsOf(together).find((alert) => alert.id === alone?.id);
    const { quietSince, ...details } = (among?.details ?? {}) as Record<string, unknown>;
    expect(none).toEqual([]);
    expect([undefined, alone?.lastSeen]).toContain(quietSince);
    expect({ ...among, details }).toEqual(alone);
  });

  test("print the same when the files are named in another order", async () => {
    expect((await replay([...STORIES].reverse())).stdout).toBe(together);
  });

  test("print the same bytes a second time", async () => {
    expect((await replay(STORIES)).stdout).toBe(together);
  });

  test("print the same bytes in another time zone and language", async () => {
    const env = { TZ: "Asia/Kolkata", LANG: "tr_TR.UTF-8", LC_ALL: "tr_TR.UTF-8" };
    expect((await replay(STORIES, env)).stdout).toBe(together);
  });

  test("share no device", async () => {
    const owners = new Map<string, string>();
    const shared: string[] = [];
    for (const story of STORIES) {
      for (const device of await devicesOf(story)) {
        const owner = owners.get(device) ?? story;
        owners.set(device, owner);
        if (owner !== story) shared.push(`${device}: ${owner}, ${story}`);
      }
    }
    expect(owners.size).toBeGreaterThan(STORIES.length);
    expect(shared).toEqual([]);
  });
});

describe("quiet-day", () => {
  test("is what the generator writes (-u writes it anew)", async () => {
    await expect(quietDay()).toMatchFileSnapshot("../samples/quiet-day.log");
  });

  test("has 2,000 lines and a message in every dialect", async () => {
    expect(read("quiet-day.log").split("\n").length - 1).toBe(2_000);
    const dialects = (await eventsOf("quiet-day")).map((event) => event.dialect);
    expect([...new Set(dialects)]).toEqual(
      expect.arrayContaining(["ios", "ios-xe", "ios-xr", "nx-os", "asa", "other"]),
    );
  });
});

const NONEMPTY = z.string().min(1);
const TIME = z.iso.datetime({ precision: 3 });
const ITEM = z
  .object({
    id: NONEMPTY,
    run: NONEMPTY.optional(),
    do: NONEMPTY.optional(),
    why: NONEMPTY,
    expect: NONEMPTY.optional(),
    source: z.enum(["advisory", "telltale"]),
    done: z.object({ at: TIME, by: NONEMPTY, line: z.string().nullable() }).nullable(),
  })
  .refine((item) => (item.run === undefined) !== (item.do === undefined), "either run or do");
const ALERT = z.object({
  schema: z.literal(1),
  id: z.string().regex(/^[a-z2-7]{26}$/i),
  rule: NONEMPTY,
  advisory: NONEMPTY,
  title: NONEMPTY,
  level: z.enum(LEVELS),
  confidence: z.enum(CONFIDENCES),
  verdict: NONEMPTY,
  device: NONEMPTY,
  node: NONEMPTY.nullable(),
  address: NONEMPTY.nullable(),
  status: z.enum(STATUSES),
  count: z.int().positive(),
  firstSeen: TIME,
  lastSeen: TIME,
  exposure: z.object({
    state: z.enum(["vulnerable", "fixed", "not-affected", "unknown"]),
    release: NONEMPTY.nullable(),
    reason: NONEMPTY,
  }),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  caveats: z.array(NONEMPTY),
  evidence: z
    .array(z.object({ at: TIME, line: NONEMPTY }))
    .min(1)
    .max(20),
  runbook: z.object({
    recover: z.array(ITEM),
    mitigate: z.array(ITEM),
    verify: z.array(ITEM),
    fix: z.array(ITEM),
  }),
  references: z.array(z.url()).min(1),
  sourceAuth: z.enum(["none", "address", "tls"]),
  acknowledged: z.object({ at: TIME, by: NONEMPTY }).nullable(),
  disposition: z.enum(["confirmed", "false-alarm"]).nullable(),
});

function namesOf(ending: string): string[] {
  return readdirSync(SAMPLES)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length))
    .sort();
}

function read(name: string): string {
  return readFileSync(`${SAMPLES}/${name}`, "utf8");
}

function golden(story: string): string {
  return read(`${story}.alerts.json`);
}

function alertsOf(lines: string): Record<string, unknown>[] {
  return lines
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

function replay(stories: string[], env: Record<string, string> = {}) {
  const files = stories.map((story) => `samples/${story}.log`);
  return telltale(["replay", ...files, "--format", "json"], { env });
}

async function eventsOf(story: string): Promise<Record<string, unknown>[]> {
  return alertsOf((await telltale(["parse", `samples/${story}.log`])).stdout);
}

async function devicesOf(story: string): Promise<Set<string>> {
  return new Set((await eventsOf(story)).map((event) => String(event.device)));
}

/** The order that `replay` promises. */
function byOrder(a: string, b: string): number {
  const [left, right] = [orderOf(a), orderOf(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function orderOf(line: string): string {
  const { firstSeen, device, rule, node } = JSON.parse(line) as Record<string, string | null>;
  return [firstSeen, device, rule, node ?? ""].join("\n");
}
