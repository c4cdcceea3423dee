/** Rules that change under load: no message is lost, no alert told anew, and broken rules change nothing. */
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { alarming, ordinary, stream } from "./support/lines.mjs";
import { pause, ROOT, startListener, telltale, until } from "./support/listener.mjs";

const BROKEN = [
  ["syntax", "id: [unclosed"],
  ["tabs", "id:\n\t- x"],
  ["empty", ""],
  ["null", "null"],
  ["list", "- 1\n- 2"],
  ["number", "42"],
  ["type", "id: broken\ntitle: { en: 7 }\n"],
  ["unknown field", "id: broken\nnonsense: true\n"],
  ["two documents", "id: a\n---\nid: b\n"],
  ["same key twice", "id: a\nid: b\n"],
  ["prototype", "__proto__: { polluted: true }\nid: a\n"],
  ["constructor", "constructor: { prototype: { polluted: true } }\n"],
  [
    "alias bomb",
    `a: &a [x,x,x,x,x,x,x,x,x]\n${"bcdefghi"
      .split("")
      .map((c, i) => `${c}: &${c} [${`*${"abcdefgh"[i]},`.repeat(9)}]`)
      .join("\n")}\n`,
  ],
  ["custom tag", "id: !!js/function 'function () {}'\n"],
  ["merge key", "a: &a { id: x }\n<<: *a\n"],
  ["binary", "\u0000\u0001\u0002"],
  ["deep", `${"[".repeat(20_000)}`],
  ["large", `id: broken\ndescription: ${"x".repeat(5_000_000)}\n`],
  ["missing case", (text) => text.replace(/\ntests:[\s\S]*$/, "\n")],
  ["bad pattern", (text) => text.replace(/text\|re: .*/, "text|re: '('")],
  ["look-ahead", (text) => text.replace(/text\|re: .*/, "text|re: '(?=x)'")],
  ["duplicate id", (text) => text],
  ["unknown level", (text) => text.replace(/^level: .*/m, "level: catastrophic")],
  ["no signals", (text) => text.replace(/\nsignals:[\s\S]*?\n(?=\w)/, "\n")],
  ["no verdicts", (text) => text.replace(/\nverdicts:[\s\S]*?\n(?=\w)/, "\n")],
];

export async function run({ long, folder, say }) {
  const rules = join(folder, "rules");
  cpSync(join(ROOT, "rules"), rules, { recursive: true });
  const db = join(folder, "t.db");
  const config = join(folder, "config.yaml");
  writeFileSync(
    config,
    `rules: ${rules}\nwatchRules: false\nlisten: { udp: { addresses: [] }, tcp: { addresses: ["127.0.0.1:0"] } }\n`,
  );
  const told = new Map();
  const listener = await startListener(["--config", config, "--db", db], {
    alert: ({ id, change }) => told.set(`${id} ${change}`, (told.get(`${id} ${change}`) ?? 0) + 1),
  });
  const reload = async () => {
    const from = listener.stderr().length;
    listener.child.kill("SIGHUP");
    return until(
      "the reload is told",
      () => /Rules reloaded|cannot be reloaded/.exec(listener.stderr().slice(from))?.[0] ?? null,
    );
  };

  // Alerts that are open before anything is reloaded.
  await stream(
    listener.ports[0],
    Array.from({ length: 50 }, (_, n) => alarming(`old${n}`)),
  );
  await until("fifty alerts are open", () => told.size >= 50);

  let sending = true;
  let sent = 50;
  const load = (async () => {
    for (let round = 0; sending; round++) {
      const lines = Array.from({ length: 2_000 }, (_, n) => ordinary(`r${n % 20}`, round * 100 + Math.floor(n / 20)));
      await stream(listener.ports[0], lines);
      sent += lines.length;
      await pause(20);
    }
  })();

  const problems = [];
  const reloads = long ? 1_000 : 200;
  const changing = join(rules, "operations/clock-jump.yaml");
  const original = readFileSync(changing, "utf8");
  for (let i = 0; i < reloads; i++) {
    // A text, then what the rule judges, then as it was.
    const text = [
      original.replace("A clock", `A clock (${i})`),
      original.replace("quiet: 0s", `quiet: ${1 + (i % 50)}s`),
      original,
    ][i % 3];
    writeFileSync(changing, text);
    const said = await reload();
    if (said !== "Rules reloaded") problems.push(`reload ${i}: ${said}`);
  }
  writeFileSync(changing, original);
  await reload();

  const broken = await breakRules(rules, reload, listener);
  problems.push(...broken.problems);

  // The rules of before are still in force.
  await stream(
    listener.ports[0],
    Array.from({ length: 50 }, (_, n) => alarming(`new${n}`)),
  );
  sent += 50;
  await until("new alerts are raised", () => told.size >= 100);
  sending = false;
  await load;
  listener.child.kill("SIGTERM");
  await listener.ended;
  const stats = JSON.parse((await telltale(["stats", "--json", "--db", db])).stdout);
  const outcomes = Object.values(stats.outcomes).reduce((sum, n) => sum + n, 0);
  const twice = [...told].filter(([, times]) => times > 1);
  for (const problem of problems.slice(0, 5)) say(problem);
  return {
    promise: "reloads under load lose no message and tell no alert anew; broken rules change nothing",
    figure: `${reloads} reloads, ${broken.count} broken files, ${sent} messages sent, ${stats.received.tcp} received, ${outcomes} outcomes, ${twice.length} told twice, ${problems.length} problems`,
    ok:
      problems.length === 0 &&
      twice.length === 0 &&
      stats.received.tcp === sent &&
      outcomes === sent &&
      told.size === 100 &&
      broken.count >= 50,
  };
}

/** Each broken file by itself as a rule and as an advisory: the reload names it, and the next one without it is fine. */
async function breakRules(rules, reload, listener) {
  const problems = [];
  let count = 0;
  const folder = join(rules, "operations");
  const good = readFileSync(join(rules, "cisco-sa-20131106-sip/sip-process-anomaly.yaml"), "utf8");
  const check = async (what, file, undo) => {
    count++;
    const from = listener.stderr().length;
    const said = await reload().catch(({ message }) => message);
    const text = listener.stderr().slice(from);
    if (said !== "cannot be reloaded") problems.push(`${what}: ${said}`);
    else if (!text.includes(file)) problems.push(`${what}: the file is not named: ${text.slice(0, 300)}`);
    else if (!/stay in force/.test(text)) problems.push(`${what}: nothing is said of the rules in force`);
    undo();
  };
  for (const [what, content] of BROKEN) {
    const text = typeof content === "string" ? content : content(good);
    const rule = join(folder, "broken.yaml");
    writeFileSync(rule, text);
    await check(`rule: ${what}`, "broken.yaml", () => rmSync(rule));
    const advisory = join(rules, "cisco-sa-broken-x");
    mkdirSync(advisory);
    writeFileSync(join(advisory, "advisory.yaml"), text);
    await check(`advisory: ${what}`, "cisco-sa-broken-x", () => rmSync(advisory, { recursive: true }));
  }
  const link = join(folder, "broken.yaml");
  symlinkSync("/nonexistent", link);
  await check("a link to nothing", "broken.yaml", () => rmSync(link));
  if ((await reload()) !== "Rules reloaded") problems.push("the rules do not load any more");
  return { problems, count };
}
