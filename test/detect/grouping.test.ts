/** What a rule counts apart: by router, by what a pattern took, over all routers; and windows with an upper limit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ruleFrom } from "../support/rule.ts";
import { MINUTE, SECOND, Stage } from "../support/stage.ts";

let counter = 100;
const login = (user: string, { host = "r1", source = "192.0.2.77" } = {}) =>
  `<188>${++counter}: ${host}: Mar  4 12:00:00.${counter % 1000}: %SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: ${user}] [Source: ${source}] [localport: 22] [Reason: Login Authentication Failed]`;

const FAILED = `signals:
  failed:
    tag: SEC_LOGIN-4-LOGIN_FAILED
    text|re: '\\[user: (?P<user>[^\\]]*)\\] \\[Source: (?P<source>[^\\]]*)\\]'
reports: [failed]
verdicts: [{ name: guessing, when: { many: true } }]
`;
const stageOf = (text: string) => new Stage({ rules: [ruleFrom(text)] });
const told = (stage: Stage): { [detail: string]: unknown; count: number }[] =>
  stage.alerts().map(({ device, details, count }) => ({ device, ...details, count }));

describe("windows by what a pattern took", () => {
  const BY_SOURCE = `${FAILED}group-by: [device, source]
correlations: { many: { type: event_count, signals: [failed], timespan: 1m, condition: { gte: 3 } } }
details: { source: source }
`;

  test("three of one source within a minute are told, whatever others do meanwhile", () => {
    const stage = stageOf(BY_SOURCE);
    for (let i = 0; i < 3; i++)
      stage.send([login("a", { source: "192.0.2.1" }), login("a", { source: `192.0.2.${10 + i}` })]);
    expect(told(stage)).toEqual([{ device: "r1", source: "192.0.2.1", count: 1 }]);
  });

  test("two sources in the same millisecond have two alerts", () => {
    const stage = stageOf(BY_SOURCE);
    for (let i = 0; i < 3; i++)
      stage.send([login("a", { source: "192.0.2.1" }), login("a", { source: "192.0.2.2" })], { step: 0 });
    expect(told(stage).map(({ source }) => source)).toEqual(["192.0.2.1", "192.0.2.2"]);
    expect(new Set(stage.alerts().map(({ id }) => id)).size).toBe(2);
  });

  test("routers are counted apart, and together where device is left out", () => {
    const lines = ["r1", "r2", "r3"].map((host) => login("a", { host, source: "192.0.2.1" }));
    expect(told(stageOf(BY_SOURCE).send(lines))).toEqual([]);
    const together = stageOf(BY_SOURCE.replace("[device, source]", "[source]")).send(lines);
    expect(told(together)).toEqual([{ device: "r1", source: "192.0.2.1", count: 1 }]);
    expect(told(stageOf(BY_SOURCE.replace("[device, source]", "[]")).send(lines))).toHaveLength(1);
  });

  test("sources without number, forged on one router, do not fill memory", () => {
    const stage = stageOf(BY_SOURCE);
    for (let i = 0; i < 400; i++) stage.send(login("a", { source: `forged-${i}` }));
    expect(stage.engine.state.groups.size).toBe(256);
    expect(stage.engine.counters.ignored).toMatchObject({
      "probe: too-many-groups": 80,
      "probe: a group gave way to another": 64,
    });
    stage.wait(10 * MINUTE);
    expect(stage.engine.state.groups.size).toBe(0);
  });
});

describe("different values", () => {
  const USERS = `${FAILED}correlations:
  many: { type: value_count, signals: [failed], timespan: 1m, condition: { gte: 3, field: user } }
`;

  test("three users are told; one user three times is not", () => {
    expect(told(stageOf(USERS).send([login("a"), login("b"), login("c")]))).toHaveLength(1);
    expect(told(stageOf(USERS).send([login("a"), login("a"), login("a")]))).toEqual([]);
  });

  test("a value that was seen before the window does not count", () => {
    expect(
      told(
        stageOf(USERS)
          .send(login("a"))
          .wait(MINUTE)
          .send([login("b"), login("c")]),
      ),
    ).toEqual([]);
  });

  test("combinations of several fields are values too", () => {
    const both = USERS.replace("field: user", "field: [user, source]");
    const lines = [login("a"), login("a", { source: "192.0.2.9" }), login("b")];
    expect(told(stageOf(both).send(lines))).toHaveLength(1);
  });

  test("how many are kept is bounded by the limit", () => {
    const stage = stageOf(USERS);
    for (let i = 0; i < 500; i++) stage.send(login(`user${i}`));
    const [group] = [...stage.engine.state.groups.values()];
    expect(group!.values!.many).toHaveLength(3);
  });

  test("agree with a count of everything, message by message", () => {
    const sighting = fc.record({ user: fc.constantFrom("a", "b", "c", "d"), wait: fc.integer({ min: 1, max: 40 }) });
    const rule = ruleFrom(USERS);
    fc.assert(
      fc.property(fc.array(sighting, { maxLength: 25 }), (all) => {
        const stage = new Stage({ rules: [rule] });
        const seen: { user: string; at: number }[] = [];
        let fires = 0;
        for (const { user, wait } of all) {
          stage.send(login(user), { step: wait * SECOND });
          seen.push({ user, at: stage.now });
          const inside = seen.filter(({ at }) => at >= stage.now - MINUTE);
          if (new Set(inside.map((one) => one.user)).size >= 3) fires++;
        }
        expect(told(stage).reduce((sum, { count }) => sum + count, 0)).toBe(fires);
      }),
      { numRuns: 100 },
    );
  });
});

describe("a window with an upper limit", () => {
  const rule = (condition: string) =>
    `${FAILED}correlations: { many: { type: event_count, signals: [failed], timespan: 1m, condition: { ${condition} } } }\n`;
  const after = (n: number, condition: string) => {
    const stage = stageOf(rule(condition));
    for (let i = 0; i < n; i++) stage.send(login("a"));
    expect(stage.alerts()).toEqual([]);
    return stage.wait(2 * MINUTE).alerts().length;
  };

  test.each<[string, number[]]>([
    ["eq: 2", [2]],
    ["lt: 3", [1, 2]],
    ["lte: 1", [1]],
    ["gt: 1, lt: 4", [2, 3]],
    ["gte: 2, lte: 3", [2, 3]],
  ])("%s is judged when it is over, and holds for %j messages", (condition, counts) => {
    expect([1, 2, 3, 4, 5].filter((n) => after(n, condition) === 1)).toEqual(counts);
  });

  test("the next window begins with the first message after it", () => {
    const stage = stageOf(rule("eq: 1")).send(login("a")).wait(MINUTE).send(login("a")).wait(MINUTE);
    expect(told(stage)).toEqual([{ device: "r1", count: 2 }]);
  });

  test("no number can be told", () => {
    expect(() => ruleFrom(rule("gt: 3, lt: 4"))).toThrow(/no number is at least 4 and at most 3/);
  });
});

describe("a correlation that counts another", () => {
  test("many failures and then a success", () => {
    const stage = () =>
      stageOf(`signals:
  failed: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|re: '\\[user: (?P<user>[^\\]]*)\\]' }
  success: { tag: SEC_LOGIN-5-LOGIN_SUCCESS, text|re: '\\[user: (?P<user>[^\\]]*)\\]' }
group-by: [device, user]
correlations:
  many: { type: event_count, signals: [failed], timespan: 1m, condition: { gte: 3 } }
  broken: { type: temporal_ordered, signals: [many, success], timespan: 5m }
reports: [failed, success]
verdicts: [{ name: broken-in, when: { broken: true } }]
`);
    const success = (user: string) =>
      login(user).replace("4-LOGIN_FAILED: Login failed", "5-LOGIN_SUCCESS: Login Success");
    const failures = ["a", "a", "a", "b", "b"].map((user) => login(user));
    expect(
      stage()
        .send([...failures, success("a")])
        .alerts(),
    ).toHaveLength(1);
    expect(
      stage()
        .send([...failures, success("b")])
        .alerts(),
    ).toEqual([]);
    expect(
      stage()
        .send([success("a"), ...failures])
        .alerts(),
    ).toEqual([]);
    expect(
      stage()
        .send(failures)
        .wait(6 * MINUTE)
        .send(success("a"))
        .alerts(),
    ).toEqual([]);
  });
});

test("correlations of correlations of correlations", () => {
  const stage = stageOf(`signals:
  failed: { tag: SEC_LOGIN-4-LOGIN_FAILED }
correlations:
  three: { type: event_count, signals: [failed], timespan: 1m, condition: { gte: 3 } }
  twice: { type: event_count, signals: [three], timespan: 1h, condition: { gte: 2 } }
  many: { type: event_count, signals: [twice], timespan: 1d, condition: { gte: 2 } }
reports: [failed]
verdicts: [{ name: many, when: { many: true } }]
`);
  // Three, and each one after it, are a `three`; two of those a `twice`; two of those are told.
  stage.send([1, 2, 3, 4].map(() => login("a")));
  expect(stage.alerts()).toEqual([]);
  expect(stage.send(login("a")).alerts()).toHaveLength(1);
});

test("a signal that takes no value goes along with those of its message that do", () => {
  const stage = stageOf(`signals:
  failed: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|re: '\\[user: (?P<user>[^\\]]*)\\]' }
  inside: { tag: SEC_LOGIN-4-LOGIN_FAILED, text|contains: "[Source: 192.0.2." }
group-by: [user]
reports: [failed]
verdicts: [{ name: inside, when: { failed: true, inside: true } }]
`);
  expect(stage.send([login("a"), login("b", { source: "198.51.100.1" })]).alerts()).toHaveLength(1);
});

describe("signals of signals", () => {
  const rule = ruleFrom(`signals:
  command: { tag: PARSER-5-CFGLOG_LOGGEDCMD, text|re: '(?i)User:(?P<user>\\S+)' }
  logging: { literal|i: no logging }
  backup: { tag: PARSER-5-CFGLOG_LOGGEDCMD, line|contains|i: [User:BACKUP] }
  silenced: { condition: command and logging and not backup }
reports: [silenced]
verdicts: [{ name: silenced, when: { silenced: true } }]
details: { user: user }
`);
  const command = (user: string, text: string) =>
    `<189>${++counter}: r1: Mar  4 12:00:00.1: %PARSER-5-CFGLOG_LOGGEDCMD: User:${user}  logged command:${text}`;

  test.each<[string, string, boolean]>([
    ["mallory", "no logging host 192.0.2.9", true],
    ["mallory", "NO LOGGING on", true],
    ["mallory", "logging host 192.0.2.9", false],
    ["backup", "no logging on", false],
  ])("%s: %s", (user, text, fires) => {
    const stage = new Stage({ rules: [rule] }).send(command(user, text));
    expect(told(stage)).toEqual(fires ? [{ device: "r1", user, count: 1 }] : []);
  });

  test.each([
    ["not backup", /holds for messages that none of its signals matches/],
    ["command and nobody", /nothing is named "nobody"/],
  ])("%s is refused", (condition, message) => {
    const text = `signals: { command: { tag: A-5-B }, backup: { tag: A-5-C }, both: { condition: ${condition} } }
reports: [both]
verdicts: [{ name: x, when: { both: true } }]
`;
    expect(() => ruleFrom(text)).toThrow(message);
  });
});

describe("conditions on what a pattern took", () => {
  const where = (condition: string) =>
    ruleFrom(`signals:
  failed:
    tag: SEC_LOGIN-4-LOGIN_FAILED
    text|re: '\\[user: (?P<user>[^\\]]*)\\] \\[Source: (?P<source>[^\\]]*)\\] \\[localport: (?P<port>\\d+)\\]'
    where: { ${condition} }
reports: [failed]
verdicts: [{ name: seen, when: { failed: true } }]
`);

  test.each([
    ["source|cidr: 192.0.2.0/24", true],
    ["source|cidr: [198.51.100.0/24, 203.0.113.0/24]", false],
    ["port|gte: 22", true],
    ["port|gt: 22", false],
    ["port|lt: 23, user: admin", true],
    ["port: 22", true],
    ["user: Admin", false],
    ["user|i: Admin", true],
    ["user|startswith|i: [X, AD]", true],
    ["user|contains|all: [ad, min]", true],
    ["user|re: '^a.*n$'", true],
    ["user|lt: 5", false],
  ])("%s: %s", (condition, fires) => {
    expect(new Stage({ rules: [where(condition)] }).send(login("admin")).alerts()).toHaveLength(fires ? 1 : 0);
  });

  test.each([
    ["source|cidr: somewhere", /"somewhere" is no network/],
    ["port|gte: many", /\|gte takes one number/],
  ])("%s is refused", (condition, message) => {
    expect(() => where(condition)).toThrow(message);
  });
});
