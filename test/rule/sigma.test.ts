/** Rules of Sigma as they are written, and what becomes of them here. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fires, importText, ios, ruleOfSigma, sigma } from "../support/sigma.ts";
import { MINUTE, Stage } from "../support/stage.ts";

const LOGIN = "Login failed [user: admin] [Source: 192.0.2.77] [localport: 22] [Reason: Login Authentication Failed]";
const line = ios(LOGIN, "SEC_LOGIN-4-LOGIN_FAILED");
const says = (detection: string, one = line) => fires(ruleOfSigma(sigma(detection)), one);
const map = (item: string) => `selection: { ${item} }\ncondition: selection`;

describe("keywords", () => {
  test.each<[string, boolean]>([
    ["[LOGIN FAILED]", true],
    ["[nothing, 'source: 192.0.2.77']", true],
    ["[nothing, never]", false],
    ["LOCALPORT", true],
    ["['user:*localport']", true],
    ["['user:*nothing']", false],
    ["['[user: a?min]']", true],
    ["['a\\?min']", false],
    ["[SEC_LOGIN-4-LOGIN_FAILED]", true],
    ["[22]", true],
    ["['r1: mar']", true],
    ["{ '|all': [failed, admin, '22'] }", true],
    ["{ '|all': [failed, nobody] }", false],
    ["{ '|cased': [login failed, nothing] }", false],
    ["{ '|cased': [Login failed, nothing] }", true],
    ["{ '|startswith': ['<189>101: r1', x] }", true],
    ["{ '|endswith': 'authentication failed]' }", true],
    ["{ '|re': 'port: \\d{2}\\]' }", true],
    ["[{ text|startswith: 'login failed' }, { text|contains: nothing }]", true],
    ["[nothing, { mnemonic: login_failed }]", true],
  ])("keywords: %s: %s", (keywords, expected) => {
    expect(says(`keywords: ${keywords}\ncondition: keywords`)).toBe(expected);
  });
});

describe("fields", () => {
  test.each<[string, boolean]>([
    ["message|contains: 'LOGIN_FAILED: login'", true],
    ["message|startswith: '%sec_login-4'", true],
    ["raw|contains: '<189>'", true],
    ["text|startswith: login, text|endswith: 'failed]'", true],
    [`text: '${LOGIN}'`, true],
    ["text: 'Login failed'", false],
    ["text: 'login failed*'", true],
    ["text: '*'", true],
    ["text: ''", false],
    ["Facility: sec_login", true],
    ["mnemonic: [login_failed, other]", true],
    ["event.code: SEC_LOGIN-4-LOGIN_FAILED", true],
    ["tag: '%sec_login-4-login_failed'", true],
    ["mnemonic|cased: login_failed", false],
    ["tag|cased: 'SEC*'", true],
    ["tag|cased: 'SYS*'", false],
    ["severity: 4", true],
    ["severity: warning", true],
    ["severity|lt: 5", true],
    ["severity|lte: notice", true],
    ["severity|gt: 4", false],
    ["severity|gte: 4, severity|lt: 6", true],
    ["hostname: R1", true],
    ["host.name|startswith: x", false],
    ["host.ip|cidr: 192.0.2.0/24", true],
    ["host.ip|cidr: 198.51.100.0/24", false],
    ["src_ip|cidr: 192.0.2.64/26", true],
    ["SourceIp|cidr: [10.0.0.0/8, 172.16.0.0/12]", false],
    ["src_ip: 192.0.2.77", true],
    ["src_ip|startswith: '192.0.2.'", true],
    ["user: ADMIN", true],
    ["user|cased: ADMIN", false],
    ["user: adm*", true],
    ["username|re: '^ad'", true],
    ["user|neq: admin", false],
    ["user|neq: [root, guest]", true],
    ["dst_port|lt: 1024", true],
    ["dst_port|gte: 1024", false],
    ["user|exists: true", true],
    ["user|exists: false", false],
    ["interface|exists: false", true],
    ["interface: null", true],
    ["user: null", false],
    ["user: [null, admin]", true],
    ["process.name: null, user: admin", true],
    ["text|re: 'user: (?P<who>\\w+)', who: admin", true],
    ["text|re: 'localport: (?P<port>\\d+)', port|gt: 22", false],
    ["text|re|i: 'LOGIN FAILED'", true],
    ["text|re: 'LOGIN FAILED'", false],
    ["text|re: ['nothing', 'failed \\[']", true],
    ["text|re|all: ['user', 'nothing']", false],
    ["message|contains|all: [user, admin, failed]", true],
  ])("{ %s }: %s", (item, expected) => {
    expect(says(map(item))).toBe(expected);
  });

  const multi = `<189>1: r1: Mar  4 12:00:00.1: %SYS-5-USERLOG_NOTICE: first#012second`;
  test.each<[string, boolean]>([
    ["text|re: '^second$'", false],
    ["text|re|m: '^second$'", true],
    ["text|re: 'first.second'", false],
    ["text|re|s: 'first.second'", true],
    ["text|re|i|s: 'FIRST.second'", true],
    ["text: 'first*second'", true],
  ])("over lines, { %s }: %s", (item, expected) => {
    expect(says(map(item), multi)).toBe(expected);
  });

  test.each<[string, string, string]>([
    [
      "user",
      "<189>1: r1: Mar  4 12:00:00.1: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:no logging on",
      "noc",
    ],
    [
      "user",
      "<189>1: r1: Mar  4 12:00:00.1: %SYS-5-CONFIG_I: Configured from console by noc on vty0 (192.0.2.9)",
      "noc",
    ],
    [
      "src_ip",
      "<189>1: r1: Mar  4 12:00:00.1: %SYS-5-CONFIG_I: Configured from console by noc on vty0 (192.0.2.9)",
      "192.0.2.9",
    ],
    [
      "command",
      "<189>1: r1: Mar  4 12:00:00.1: %PARSER-5-CFGLOG_LOGGEDCMD: User:noc  logged command:no logging on",
      "no logging on",
    ],
    [
      "src_ip",
      "<190>1: r1: Mar  4 12:00:00.1: %SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(23), 1 packet",
      "192.0.2.1",
    ],
    [
      "dst_ip",
      "<190>1: r1: Mar  4 12:00:00.1: %SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(23), 1 packet",
      "198.51.100.2",
    ],
    [
      "src_port",
      "<190>1: r1: Mar  4 12:00:00.1: %SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(23), 1 packet",
      "1234",
    ],
    [
      "dst_port",
      "<190>1: r1: Mar  4 12:00:00.1: %SEC-6-IPACCESSLOGP: list 101 denied tcp 192.0.2.1(1234) -> 198.51.100.2(23), 1 packet",
      "23",
    ],
    [
      "src_ip",
      "<187>1: r1 RP/0/RP0/CPU0:Mar  4 12:00:00.123 UTC: tcp[411]: %IP-TCP-3-BADAUTH : Invalid MD5 digest from 2001:db8::7:179 to 2001:db8::8:4000",
      "2001:db8::7:179",
    ],
    [
      "user",
      "<188>1: r1 RP/0/RP0/CPU0:Mar  4 12:00:00.123 UTC: exec[65922]: %SECURITY-LOGIN-4-AUTHEN_FAILED : Failed authentication attempt by user 'noc' from '192.0.2.9' on 'vty0'",
      "noc",
    ],
    [
      "src_ip",
      "<188>1: r1 RP/0/RP0/CPU0:Mar  4 12:00:00.123 UTC: exec[65922]: %SECURITY-LOGIN-4-AUTHEN_FAILED : Failed authentication attempt by user 'noc' from '192.0.2.9' on 'vty0'",
      "192.0.2.9",
    ],
    [
      "interface",
      "<189>1: r1: Mar  4 12:00:00.1: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/1, changed state to up",
      "Gi0/1",
    ],
  ])("%s is taken from %s", (field, one, value) => {
    expect(says(map(`${field}: '${value}'`), one)).toBe(true);
    expect(says(map(`${field}: '${value}x'`), one)).toBe(false);
  });
});

describe("conditions", () => {
  const searches = "a: [failed]\nb: [nothing]\nselection_x: { user: admin }\nselection_y: { user: noc }\n_c: [login]\n";
  test.each<[string, boolean]>([
    ["a and not b", true],
    ["a and b or _c", true],
    ["a and (b or not _c)", false],
    ["1 of selection_*", true],
    ["all of selection_*", false],
    ["1 of selection_* and not 1 of b*", true],
    ["all of them", false],
    ["not b", true],
    ["not a", false],
    ["not (b or selection_y)", true],
    ["[b, a]", true],
    ["[b, selection_y]", false],
  ])("%s: %s", (condition, expected) => {
    expect(says(`${searches}condition: ${condition}`)).toBe(expected);
  });

  test("any expression over keywords is judged as by hand", () => {
    const words = ["alpha", "bravo", "charlie", "delta"];
    const tree = fc.letrec<{ any: { text: string; truth: (seen: string[]) => boolean } }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3, depthSize: "small" },
        fc.constantFrom(...words).map((word) => ({ text: word, truth: (seen: string[]) => seen.includes(word) })),
        fc.tuple(tie("any"), tie("any")).map(([x, y]) => ({
          text: `(${x.text} and ${y.text})`,
          truth: (seen: string[]) => x.truth(seen) && y.truth(seen),
        })),
        fc.tuple(tie("any"), tie("any")).map(([x, y]) => ({
          text: `(${x.text} or ${y.text})`,
          truth: (seen: string[]) => x.truth(seen) || y.truth(seen),
        })),
        tie("any").map((x) => ({ text: `not ${x.text}`, truth: (seen: string[]) => !x.truth(seen) })),
      ),
    })).any;
    fc.assert(
      fc.property(tree, fc.subarray(words), ({ text, truth }, seen) => {
        const detection = `${words.map((word) => `${word}: [x${word}x]`).join("\n")}\ncondition: ${text}`;
        const rule = ruleOfSigma(sigma(detection));
        expect(fires(rule, ios(`- ${seen.map((word) => `x${word.toUpperCase()}x`).join(" ")} -`))).toBe(truth(seen));
      }),
      { numRuns: 60 },
    );
  });
});

describe("a value", () => {
  /** What the specification says of wildcards and backslashes, the slow way. */
  function naive(value: string, text: string, whole: boolean): boolean {
    const parts: (string | null)[] = [];
    for (let i = 0; i < value.length; i++) {
      const next = value[i + 1] ?? "";
      if (value[i] === "\\" && "*?\\".includes(next) && next !== "") parts.push(value[++i]!.toLowerCase());
      else parts.push(value[i] === "*" ? null : value[i] === "?" ? "" : value[i]!.toLowerCase());
    }
    const low = text.toLowerCase();
    const at = (p: number, i: number): boolean => {
      if (p === parts.length) return !whole || i === low.length;
      const part = parts[p]!;
      if (part === null) return at(p + 1, i) || (i < low.length && at(p, i + 1));
      return i < low.length && (part === "" || part === low[i]) && at(p + 1, i + 1);
    };
    if (whole) return at(0, 0);
    return Array.from({ length: low.length + 1 }, (_, i) => i).some((i) => at(0, i));
  }
  const letter = fc.constantFrom(..."aAbB*?\\.$(");
  const value = fc.string({ unit: letter, minLength: 1, maxLength: 6 });
  const text = fc.string({ unit: fc.constantFrom(..."aAbB*?\\.$("), minLength: 1, maxLength: 8 });
  const quote = (one: string) => `'${one.replaceAll("'", "''")}'`;

  test("of keywords means what the specification says of wildcards and case", () => {
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 3 }), text, (values, said) => {
        const rule = ruleOfSigma(sigma(`keywords: [${values.map(quote).join(", ")}]\ncondition: keywords`));
        const one = ios(`:${said}:`);
        expect(fires(rule, one)).toBe(values.some((word) => naive(word, one, false)));
      }),
      { numRuns: 150 },
    );
  });

  test("of a field is the whole of it", () => {
    fc.assert(
      fc.property(value, text, (wanted, said) => {
        const rule = ruleOfSigma(sigma(map(`text: ${quote(wanted)}`)));
        expect(fires(rule, ios(`:${said}:`))).toBe(naive(wanted, `:${said}:`, true));
        const all = ruleOfSigma(sigma(map(`text: ${quote(`:${wanted}:`)}`)));
        expect(fires(all, ios(`:${said}:`))).toBe(naive(`:${wanted}:`, `:${said}:`, true));
      }),
      { numRuns: 150 },
    );
  });
});

describe("the log source", () => {
  const rule = (logsource: string) =>
    `title: A probe\nlevel: low\nlogsource: ${logsource}\ndetection: { keywords: [no logging], condition: keywords }\n`;
  const typed = ios("User:noc  logged command:no logging on", "PARSER-5-CFGLOG_LOGGEDCMD");

  test("aaa is what was typed and who logged in; others are every message", () => {
    const other = ios("there is no logging here", "FOO-5-BAR");
    for (const service of ["aaa", "syslog", "bgp", "ldp"]) {
      const one = ruleOfSigma(rule(`{ product: cisco, service: ${service} }`));
      expect(fires(one, typed)).toBe(true);
      expect(fires(one, other)).toBe(service !== "aaa");
    }
    expect(fires(ruleOfSigma(rule("{ service: syslog }")), other)).toBe(true);
    expect(fires(ruleOfSigma(rule("{ category: syslog }")), other)).toBe(true);
  });

  test.each([
    [
      "{ product: windows, service: security }",
      'rule.yml:3:23: logsource.product: Telltale reads the syslog of Cisco routers, not of "windows"',
    ],
    ["{ product: cisco, service: duo }", 'rule.yml:3:39: logsource.service: "duo" is no syslog of a router'],
    ["{ category: process_creation }", "rule.yml:3:12: logsource: names no log of a Cisco router"],
  ])("%s is refused", (logsource, message) => {
    expect(importText(rule(logsource)).problems).toEqual([expect.stringContaining(message)]);
  });

  test("a service that nobody knows is told", () => {
    expect(importText(rule("{ product: cisco, service: mpls }")).warnings).toEqual([
      expect.stringContaining('rule.yml:3:39: logsource.service: "mpls" is not known here'),
    ]);
  });
});

describe("what cannot be expressed is named with its place", () => {
  test.each([
    [
      "selection: { CommandLine|base64: x }",
      ": detection.selection.CommandLine|base64: the modifier |base64 is not supported",
    ],
    [
      "selection: { Image|contains: x }",
      ': detection.selection.Image|contains: no message of a router has a field "Image"',
    ],
    [
      "selection: { user|expand: '%admins%' }",
      ": detection.selection.user|expand: the modifier |expand is not supported: there are no placeholders",
    ],
    ["selection: { user|fieldref: src_ip }", "|fieldref is not supported"],
    ["selection: { user|hour: 3 }", "|hour is not supported"],
    ["selection: { user|near: x }", '"|near" is no modifier of Sigma'],
    ["selection: { user|contains|cidr: x }", "do not go together"],
    [
      "selection: { text|re: 'a(?=b)' }",
      "rule.yml:6:26: detection.selection.text|re: not an RE2 pattern (no look-around",
    ],
    ["selection: { src_ip|cidr: nowhere }", '"nowhere" is no network'],
    ["selection: { text|cidr: 192.0.2.0/24 }", '"text" is none'],
    ["selection: { text|gt: 5 }", '"text" is a text'],
    ["selection: { dst_port|gt: [1, 2] }", "|gt takes one number"],
    ["selection: { severity: loud }", '"loud" is no severity'],
    ["selection: { user|exists: maybe }", "|exists takes true or false"],
    ["selection: []", "the list is empty"],
    ["selection: {}", "the map is empty"],
    ["timeframe: 5m\nselection: [x]", "write a correlation rule"],
  ])("%s", (detection, message) => {
    const { problems, drafts } = importText(
      sigma(`${detection}\ncondition: selection`).replace("detection:\n", "detection:\n\n"),
    );
    expect(drafts).toEqual([]);
    expect(problems).toEqual([expect.stringContaining(message)]);
    expect(problems[0]).toMatch(/^rule\.yml:\d+:\d+: /);
  });

  test.each([
    ["selection and other", '6:28: detection.condition: nothing is named "other"; there are: selection'],
    ["'selection | count() > 5'", "6:25: detection.condition: an aggregation"],
    ["2 of selection*", '6:14: detection.condition: "2 of" is not Sigma'],
  ])("the condition %s", (condition, message) => {
    const { problems } = importText(sigma(`selection: [word]\ncondition: ${condition}`));
    expect(problems).toEqual([`rule.yml:${message}${problems[0]!.slice(9 + message.length)}`]);
  });

  test.each([
    ["title: [", /^rule\.yml:1:9: /],
    ["- 1", /expected object/],
    ["title: x\nlogsource: {}\n", /a document has either a detection or a correlation/],
    ["title: x\nfilter: {}\n", /rule\.yml:2:9: filter: filters of Sigma are not supported/],
    ["action: global\ntitle: x\n", /collections of old Sigma/],
    ["title: x\ntaxonomy: ecs\ndetection: {}\n", /the taxonomy "ecs" is not known/],
    ["logsource: {}\ndetection: {}\n", /title: a title is needed/],
    ["title: x\nlevel: urgent\ndetection: {}\n", /rule\.yml:2:8: level: /],
    ["# nothing\n", /rule\.yml:1:1: holds no Sigma rule/],
    ["title: x\ntitle: y\n", /Map keys must be unique/],
    [
      "title: x\nlogsource: { product: cisco }\ndetection:\n  words: &all [word, *all]\n  condition: words\n",
      /rule\.yml:4:22: the alias \*all leads nowhere: it stands inside its own anchor/,
    ],
  ])("the file %j", (text, message) => {
    expect(importText(text).problems[0]).toMatch(message);
  });

  test("any text is read or refused, and never breaks", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab:-[]{}\n '|*&!#,\t?"), maxLength: 60 }), (text) => {
        const { problems, drafts } = importText(sigma(text));
        expect(problems.length + drafts.length).toBeGreaterThan(0);
        for (const problem of problems) expect(problem).toMatch(/^rule\.yml:\d+:\d+: /);
      }),
    );
  });
});

test("what a rule says of itself is kept", () => {
  const { written, rules } = importText(
    `title: Logging {off}
id: 00000000-0000-4000-8000-00000000abcd
status: test
description: |
    Somebody turned the log off.
references: [https://example.com/one]
author: A. N. Other
date: 2024-01-02
modified: 2024-02-03
license: MIT
tags: [attack.t1070, attack.defense-evasion]
logsource: { product: cisco, service: aaa, definition: accounting has to be on }
detection: { keywords: [no logging], condition: keywords }
falsepositives: Maintenance
level: high
`,
    "cisco_no_logging.yml",
  );
  const [rule] = rules;
  expect(rule).toMatchObject({
    id: "cisco-no-logging",
    title: { en: "Logging (off)" },
    status: "experimental",
    level: "high",
    description: { en: "Somebody turned the log off.\nLog source: accounting has to be on" },
    references: ["https://example.com/one"],
    falsepositives: [{ en: "Maintenance" }],
    origin: {
      format: "sigma",
      id: "00000000-0000-4000-8000-00000000abcd",
      status: "test",
      author: "A. N. Other",
      license: "MIT",
      date: "2024-01-02",
      modified: "2024-02-03",
      tags: ["attack.t1070", "attack.defense-evasion"],
    },
  });
  expect(written[0]!.text).toMatch(/^# Imported from Sigma: cisco_no_logging\.yml, rule 00000000-/);
  expect(rule!.tests.map(({ name }) => name)).toEqual(["what it looks for", "an ordinary line stays quiet"]);
});

test.each([
  ["stable", "experimental", "medium"],
  ["test", "experimental", "medium"],
  ["experimental", "experimental", "low"],
  ["deprecated", "deprecated", "low"],
  ["unsupported", "deprecated", "low"],
])("status %s becomes %s, confidence %s", (status, native, confidence) => {
  const [draft] = importText(sigma("keywords: [word]\ncondition: keywords", `status: ${status}\n`)).drafts;
  expect(draft!.rule.status).toBe(native);
  expect(draft!.rule.verdicts).toEqual([{ name: "matched", when: { keywords: true }, confidence }]);
});

test("a rule that no made-up line fires is written without a case", () => {
  const { written } = importText(sigma("selection: { address: 192.0.2.250 }\ncondition: selection"));
  expect(written[0]).toMatchObject({ fires: false });
  expect(written[0]!.text).toMatch(/# Add a case with a line that must fire.*\ntests: \[\]\n$/);
});

test("words by which messages are found need not be searched for on every line", () => {
  const signals = (detection: string) => importText(sigma(detection)).drafts[0]!.rule.signals;
  expect(signals("keywords: [no logging, clear archive]\ncondition: keywords")).toEqual({
    keywords: { "literal|i": ["no logging", "clear archive"] },
  });
  expect(signals("a: [LDP]\nb: [AUTHEN_FAIL]\ncondition: a and b")).toEqual({
    a: { "literal|i": "AUTHEN_FAIL", "line|contains|i": "LDP" },
    b: { "literal|i": "AUTHEN_FAIL" },
    match: { condition: "a and b" },
  });
  expect(signals("a: [LDP]\ncondition: a")).toEqual({ a: { every: true, "line|contains|i": "LDP" } });
  expect(importText(sigma("a: [LDP]\ncondition: a")).warnings).toEqual([
    'rule.yml:1:1: no word of 4 characters or tag says where "a" is to be found: it is tried on every message',
  ]);
});

describe("the words that a pattern needs", () => {
  test("stand in whatever it matches", async () => {
    const { requiredWord, exampleMatch } = await import("../../src/rule/sigma/regex.ts");
    const piece = fc.constantFrom(
      "abcd",
      "ef",
      "g+",
      "h*",
      "i?",
      "(jk|lm)",
      "(?:nopq)",
      "[rs]",
      "\\d",
      "\\.",
      "t{2}",
      "u{0,3}",
      "\\x41",
      ".",
      "(vwxy)*",
    );
    const pattern = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(
        pattern.chain((source) => fc.tuple(fc.constant(source), fc.stringMatching(new RegExp(`^${source}$`)))),
        ([source, text]) => {
          const word = requiredWord(source, 4);
          if (word !== null) expect(text).toContain(word);
          expect(exampleMatch(source.replaceAll("\\x41", "A"))).toMatch(new RegExp(source.replaceAll("\\x41", "A")));
        },
      ),
      { numRuns: 400 },
    );
    expect(requiredWord("a|long word", 4)).toBeNull();
    expect(requiredWord("(?i)^login failed \\[user: (?P<user>[^\\]]+)\\]", 4)).toBe("login failed [user: ");
  });
});

const CORRELATION = (correlation: string, more = "") => `title: Guessing
name: guessing
level: high
correlation:
${correlation.replace(/^/gm, "  ")}
---
title: Failed login
name: failed
id: 00000000-0000-4000-8000-000000000001
logsource: { product: cisco, service: syslog }
detection:
  selection: { mnemonic: LOGIN_FAILED }
  backup: { user: backup }
  condition: selection and not backup
---
title: Login
name: success
logsource: { product: cisco, service: syslog }
detection:
  selection: { mnemonic: LOGIN_SUCCESS }
  condition: selection
${more}`;

describe("correlations", () => {
  let counter = 0;
  const say = (kind: "failed" | "success", user = "admin", source = "192.0.2.77", host = "r1") => {
    const [tag, text] = kind === "failed" ? ["4-LOGIN_FAILED", "Login failed"] : ["5-LOGIN_SUCCESS", "Login Success"];
    return `<188>${++counter}: ${host}: Mar  4 12:00:00.1: %SEC_LOGIN-${tag}: ${text} [user: ${user}] [Source: ${source}] [localport: 22]`;
  };
  const stage = (text: string) => {
    const { rules, problems } = importText(text);
    expect(problems).toEqual([]);
    const one = rules.find(({ reports }) => reports.includes("failed"))!;
    return new Stage({ rules: [one] });
  };
  const count = (text: string, lines: string[], wait = 0) => stage(text).send(lines).wait(wait).alerts().length;
  const times = (n: number, ...say_: Parameters<typeof say>) => Array.from({ length: n }, () => say(...say_));

  test("event_count counts each group by itself", () => {
    const text = CORRELATION(
      "type: event_count\nrules: [failed]\ngroup-by: [hostname, src_ip]\ntimespan: 5m\ncondition: { gte: 3 }",
    );
    expect(count(text, times(3, "failed"))).toBe(1);
    expect(count(text, times(2, "failed"))).toBe(0);
    expect(count(text, times(9, "failed", "backup"))).toBe(0);
    expect(
      count(
        text,
        ["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((source) => say("failed", "admin", source)),
      ),
    ).toBe(0);
    expect(
      count(
        text,
        ["r1", "r2", "r3"].map((host) => say("failed", "admin", "192.0.2.1", host)),
      ),
    ).toBe(0);
    const [alert] = stage(text).send(times(3, "failed")).alerts();
    expect(alert).toMatchObject({
      device: "r1",
      verdict: "correlated",
      level: "high",
      details: { src_ip: "192.0.2.77" },
    });
  });

  test("without a host among the groups, routers are counted together", () => {
    const text = CORRELATION(
      "type: event_count\nrules: [failed]\ngroup-by: [src_ip]\ntimespan: 5m\ncondition: { gte: 3 }",
    );
    expect(
      count(
        text,
        ["r1", "r2", "r3"].map((host) => say("failed", "admin", "192.0.2.1", host)),
      ),
    ).toBe(1);
  });

  test("value_count counts different values, also of the message's own fields", () => {
    const text = (field: string, groups = "hostname") =>
      CORRELATION(
        `type: value_count\nrules: [failed]\ngroup-by: [${groups}]\ntimespan: 5m\ncondition: { field: ${field}, gt: 2 }`,
      );
    expect(
      count(
        text("user"),
        ["a", "b", "c"].map((user) => say("failed", user)),
      ),
    ).toBe(1);
    expect(count(text("user"), times(5, "failed", "a"))).toBe(0);
    expect(
      count(
        text("hostname", "user"),
        ["r1", "r2", "r3"].map((host) => say("failed", "a", "192.0.2.1", host)),
      ),
    ).toBe(1);
  });

  test("temporal and temporal_ordered", () => {
    const text = (type: string) =>
      CORRELATION(`type: ${type}\nrules: [failed, success]\ngroup-by: [user]\ntimespan: 5m`);
    expect(count(text("temporal"), [say("success"), say("failed")])).toBe(1);
    expect(count(text("temporal"), [say("success", "a"), say("failed", "b")])).toBe(0);
    expect(count(text("temporal_ordered"), [say("success"), say("failed")])).toBe(0);
    expect(count(text("temporal_ordered"), [say("failed"), say("success")])).toBe(1);
    const late = stage(text("temporal_ordered"))
      .send(say("failed"))
      .wait(6 * MINUTE)
      .send(say("success"));
    expect(late.alerts()).toEqual([]);
    const any = text("temporal").replace("timespan: 5m", "timespan: 5m\n  condition: { gte: 1 }");
    expect(count(any, [say("failed")])).toBe(1);
  });

  test.each([
    ["gte: 3", [3, 4]],
    ["gt: 3", [4]],
    ["lt: 3", [1, 2]],
    ["lte: 3", [1, 2, 3]],
    ["eq: 3", [3]],
    ["gt: 1, lte: 3", [2, 3]],
  ])("condition { %s } holds for %j messages", (condition, expected) => {
    const text = CORRELATION(
      `type: event_count\nrules: [failed]\ngroup-by: [hostname]\ntimespan: 1m\ncondition: { ${condition} }`,
    );
    expect([1, 2, 3, 4].filter((n) => count(text, times(n, "failed"), 3 * MINUTE) === 1)).toEqual(expected);
  });

  test("a chain, by id and by name, and aliases", () => {
    const chain = `---
title: Many
name: many
correlation: { type: event_count, rules: [00000000-0000-4000-8000-000000000001], group-by: [user], timespan: 5m, condition: { gte: 3 } }
`;
    const text = CORRELATION("type: temporal_ordered\nrules: [many, success]\ngroup-by: [user]\ntimespan: 10m", chain);
    expect(count(text, [...times(3, "failed"), say("success")])).toBe(1);
    expect(count(text, [...times(2, "failed"), say("success")])).toBe(0);
    expect(count(text, [...times(3, "failed", "a"), say("success", "b")])).toBe(0);
    const aliases = CORRELATION(
      "type: temporal\nrules: [failed, success]\ngroup-by: [who]\ntimespan: 5m\naliases: { who: { failed: user, success: src_ip } }",
    );
    expect(count(aliases, [say("failed", "192.0.2.9"), say("success", "x", "192.0.2.9")])).toBe(1);
    expect(count(aliases, [say("failed", "192.0.2.8"), say("success", "x", "192.0.2.9")])).toBe(0);
  });

  test("rules that are counted stand alone only where generate says so", () => {
    const text = CORRELATION(
      "type: event_count\nrules: [failed]\ngroup-by: [hostname]\ntimespan: 5m\ncondition: { gte: 3 }",
    );
    const ids = (one: string) => importText(one).drafts.map(({ id }) => id);
    expect(ids(text)).toEqual(["guessing", "success"]);
    expect(ids(text.replace("level: high", "level: high\ngenerate: true"))).toEqual(["guessing", "failed", "success"]);
  });

  const base = "type: event_count\nrules: [failed]\ngroup-by: [hostname]\ntimespan: 5m\ncondition: { gte: 3 }";
  test.each<[string, string, string]>([
    ["type: event_count", "type: value_sum", 'rule.yml:5:9: correlation.type: the type "value_sum" is not supported'],
    ["rules: [failed]", "rules: [other]", 'no rule has the name or id "other" in the files given'],
    ["rules: [failed]", "rules: [failed, failed]", "a rule stands here twice"],
    ["rules: [failed]", "rules: [guessing]", "refer to each other in a ring"],
    ["group-by: [hostname]", "group-by: [Image]", 'no message of a router has a field "Image"'],
    ["timespan: 5m", "timespan: 5w", "a number and s, m, h or d is expected"],
    ["condition: { gte: 3 }", "condition: { gte: 3, field: user }", "event_count has no field"],
    ["condition: { gte: 3 }", "condition: { neq: 3 }", "is not supported; known: gt, gte, lt, lte, eq"],
    ["condition: { gte: 3 }", "condition: { gte: 5000 }", "more than 1000 are not counted"],
    ["type: event_count", "type: temporal", "correlation.condition: temporal counts different rules, and there are 1"],
    ["condition: { gte: 3 }", "condition: { lt: 1 }", "holds only where nothing was seen"],
    ["condition: { gte: 3 }", "condition: { gt: 3, lt: 4 }", "no number is at least 4 and at most 3"],
    ["condition: { gte: 3 }", "condition: failed and success", "a map such as { gte: 10 } is expected"],
    ["timespan: 5m", "timespan: 5m\naliases: { who: { nobody: user } }\ngroup-by: [who]", "Map keys must be unique"],
    ["group-by: [hostname]", "group-by: [who]\naliases: { who: { nobody: user } }", '"nobody" is none of the rules'],
    [
      "group-by: [hostname]",
      "group-by: [who]\naliases: { who: { failed: hostname } }\nwindow: sliding",
      "is not supported in a correlation",
    ],
  ])("%s -> %s is refused", (from, to, message) => {
    const { problems } = importText(CORRELATION(base.replace(from, to)));
    expect(problems[0]).toContain(message);
    expect(problems[0]).toMatch(/^rule\.yml:\d+:\d+: /);
  });

  test("two groupings in one chain are refused", () => {
    const chain =
      "---\ntitle: Many\nname: many\ncorrelation: { type: event_count, rules: [failed], group-by: [src_ip], timespan: 5m, condition: { gte: 3 } }\n";
    const text = CORRELATION("type: temporal_ordered\nrules: [many, success]\ngroup-by: [user]\ntimespan: 10m", chain);
    expect(importText(text).problems).toEqual([expect.stringContaining('"many" has another group-by')]);
  });
});
