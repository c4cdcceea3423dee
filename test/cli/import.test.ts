/** `telltale rules import` as its user types it, and what the imported rules make of a log. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { telltale } from "../support/cli.ts";

let folder = "";

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-import-"));
  mkdirSync(join(folder, "sigma", "aaa"), { recursive: true });
  put("sigma/aaa/cisco_log_off.yml", LOG_OFF);
  put("sigma/login.yml", LOGIN);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (path: string, text: string) => writeFileSync(join(folder, path), text);
const read = (path: string) => readFileSync(join(folder, path), "utf8");
const run = (args: string[], input = "") => telltale(args, { cwd: folder, input });

const LOG_OFF = `title: The log is turned off
id: 00000000-0000-4000-8000-000000000010
status: test
description: Somebody turns off what would tell of them.
author: A. N. Other
date: 2024-01-02
tags: [attack.t1070]
logsource:
    product: cisco
    service: aaa
detection:
    keywords:
        - 'no logging'
        - 'clear logging'
    filter:
        user: backup
    condition: keywords and not filter
level: high
`;
const LOGIN = `title: Many failed logins, then one that works
name: guessed_password
status: test
level: critical
correlation:
    type: temporal_ordered
    rules: [many_failed, success]
    group-by: [hostname, user]
    timespan: 10m
---
title: Many failed logins
name: many_failed
correlation:
    type: event_count
    rules: [failed]
    group-by: [hostname, user]
    timespan: 5m
    condition: { gte: 3 }
---
title: Failed login
name: failed
logsource: { product: cisco, service: syslog }
detection:
    selection: { mnemonic: [LOGIN_FAILED, AUTHEN_FAILED] }
    condition: selection
---
title: Login
name: success
logsource: { product: cisco, service: syslog }
detection:
    selection:
        - mnemonic: LOGIN_SUCCESS
        - message|contains: successfully authenticated user
    condition: selection
`;
const login = (n: number, tag: string, user: string) =>
  `<188>${n}: r1: Mar  4 2020 12:00:0${n}.000: %SEC_LOGIN-${tag}: Login [user: ${user}] [Source: 192.0.2.77] [localport: 22]`;
const LOG = [
  "<189>1: r1: Mar  4 2020 11:59:00.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:mallory  logged command:NO LOGGING host 192.0.2.10",
  "<189>2: r2: Mar  4 2020 11:59:01.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:backup  logged command:no logging on",
  "<189>3: r3: Mar  4 2020 11:59:02.000: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:logging on",
  ...[1, 2, 3].map((n) => login(n, "4-LOGIN_FAILED", "admin")),
  login(4, "5-LOGIN_SUCCESS", "noc"),
  login(5, "5-LOGIN_SUCCESS", "admin"),
].join("\n");

describe("into a folder of rules", () => {
  test("rules are written that load, pass their cases and judge a log", async () => {
    const imported = await run(["rules", "import", "sigma", "--into", "rules"]);
    expect(imported).toMatchObject({ code: 0, stdout: "" });
    expect(imported.stderr).toBe("2 of 2 rules imported into rules/sigma-rules\n");
    expect(await run(["rules", "check", "rules"])).toMatchObject({
      code: 0,
      stdout: "2 rules of 1 advisory are well-formed (4 cases; `telltale rules test` runs them)\n",
    });
    expect((await run(["rules", "test", "rules"])).stdout).toMatch(/\n4 passed, 0 failed\n$/);
    const { stdout } = await run(["replay", "-", "--rules", "rules", "--format", "json"], LOG);
    const alerts = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(alerts).toMatchObject([
      {
        rule: "cisco-log-off",
        device: "r1",
        level: "high",
        details: { user: "mallory", command: "NO LOGGING host 192.0.2.10" },
      },
      { rule: "login", device: "r1", level: "critical", details: { user: "admin" } },
    ]);
    expect(alerts[0]).toMatchObject({
      advisory: "sigma-rules",
      exposure: { state: "unknown", reason: "This rule is not about a release." },
    });
  });

  test("rules that are there stay, unless --force says otherwise", async () => {
    await run(["rules", "import", "sigma", "--into", "rules"]);
    put("rules/sigma-rules/login.yaml", "mine");
    const again = await run(["rules", "import", "sigma", "--into", "rules"]);
    expect(again.code).toBe(64);
    expect(again.stderr).toContain("rules/sigma-rules/login.yaml: is there already");
    expect(read("rules/sigma-rules/login.yaml")).toBe("mine");
    expect((await run(["rules", "import", "sigma", "--into", "rules", "--force"])).code).toBe(0);
    expect(read("rules/sigma-rules/login.yaml")).toMatch(/^# Imported from Sigma: login\.yml/);
  });

  test("an advisory of one's own takes them, and is not written over", async () => {
    await run(["rules", "import", "sigma/login.yml", "--into", "rules", "--advisory", "our-rules"]);
    const text = read("rules/our-rules/advisory.yaml").replace("Rules imported from Sigma", "Ours");
    put("rules/our-rules/advisory.yaml", text);
    const { code, stderr } = await run(["rules", "import", "sigma/aaa/cisco_log_off.yml", "--into", "rules/our-rules"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "1 of 1 rules imported into rules/our-rules\n" });
    expect(read("rules/our-rules/advisory.yaml")).toBe(text);
    const { stdout } = await run(["rules", "list", "--rules", "rules", "--json"]);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).advisory),
    ).toEqual(["our-rules", "our-rules"]);
  });

  test("what cannot be imported is named; the rest is", async () => {
    put("sigma/windows.yml", LOG_OFF.replace("product: cisco", "product: windows"));
    put("sigma/old.yml", LOG_OFF.replace("keywords and not filter", "keywords | count() > 5"));
    const { code, stderr } = await run(["rules", "import", "sigma", "--into", "rules"]);
    expect(code).toBe(65);
    expect(stderr).toBe(`2 of 4 rules imported into rules/sigma-rules
Error: sigma/old.yml:17:25: detection.condition: an aggregation ("| count() …") is no longer Sigma; write a correlation rule
       sigma/windows.yml:9:14: logsource.product: Telltale reads the syslog of Cisco routers, not of "windows"
Try:   What works of Sigma stands in docs/operator-guide/sigma.md. All other rules were imported.
`);
    expect((await run(["rules", "check", "rules"])).code).toBe(0);
  });

  test("a rule without a line that fires it is put aside, so that the others load", async () => {
    put(
      "sigma/quiet.yml",
      LOG_OFF.replace("user: backup", "user: admin").replace("and not filter", "and filter and not keywords"),
    );
    const { code, stderr } = await run(["rules", "import", "sigma", "--into", "rules"]);
    expect(code).toBe(0);
    expect(stderr).toContain(
      'no line could be made up that fires "quiet": add a case to rules/sigma-rules/_quiet.yaml',
    );
    expect(existsSync(join(folder, "rules/sigma-rules/_quiet.yaml"))).toBe(true);
    expect((await run(["rules", "check", "rules"])).stdout).toMatch(/^2 rules /);
  });
});

test("to stdout, a rule file that may be saved as it is", async () => {
  const { code, stdout, stderr } = await run(["rules", "import", "-"], LOG_OFF);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^# sigma-rules\/the-log-is-turned-off\.yaml\n# Imported from Sigma/);
  await run(["rules", "import", "sigma/login.yml", "--into", "rules"]);
  put("rules/sigma-rules/the-log-is-turned-off.yaml", stdout);
  expect((await run(["rules", "check", "rules"])).stdout).toMatch(/^2 rules /);
  const shown = await run(["rules", "show", "the-log-is-turned-off", "--rules", "rules"]);
  expect(JSON.parse(shown.stdout).origin).toEqual({
    format: "sigma",
    id: "00000000-0000-4000-8000-000000000010",
    status: "test",
    author: "A. N. Other",
    date: "2024-01-02",
    tags: ["attack.t1070"],
  });
});

test.each<[string[], number, string]>([
  [["nowhere.yml"], 66, "nowhere.yml: no such file or folder"],
  [["sigma", "--advisory", "../x"], 64, '"../x" is no name of a folder'],
  [[], 64, "missing required argument"],
])("import %j fails with %i", async (args, code, message) => {
  const ran = await run(["rules", "import", ...args]);
  expect(ran.code).toBe(code);
  expect(ran.stderr).toContain(message);
});
