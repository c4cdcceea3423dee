/** The rows of looking things up: each list, one alert and the counters, out of a database of a million alerts, or as many as there are lines. */
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compare } from "./measure.mjs";
import { row } from "./replay.mjs";

const ROUTERS = 5_000;
const START = Date.UTC(2020, 1, 21);
const DAY = 86_400_000;
/** Between two alerts: a million are some four months. */
const MEAN_MILLIS = 10_000;
const SAMPLE = "samples/ipsec-flood-recovered.log";

const root = fileURLToPath(new URL("../../", import.meta.url));
const main = join(root, "dist/cli/main.js");

/** What is looked up: a name, the command, and how many times `node -e 0` it may take. */
const lookUps = (id) => [
  ["alerts list", ["alerts", "list"], 2.5],
  ["alerts list --json", ["alerts", "list", "--json"], 2.5],
  ...[
    ["--device", "edge-77"],
    ["--rule", "sip-process-anomaly"],
    ["--advisory", "advisory-of-mitigation-lost"],
    ["--level", "critical"],
    ["--status", "recovering"],
    ["--since", "2020-06-01"],
    ["--until", "2020-02-22"],
    ["--until", "2020-04-20"],
  ].map((filter) => [`alerts list ${filter.join(" ")}`, ["alerts", "list", ...filter], 2.5]),
  [
    "alerts list, all filters",
    "alerts list --device edge-77 --level low --level medium --status open --rule packet-memory-exhausted --since 2020-03-01 --until 2020-05-01".split(
      " ",
    ),
    2.5,
  ],
  ["alerts show", ["alerts", "show", id], 2.5],
  ["alerts stats", ["alerts", "stats"], 4],
  ["stats", ["stats"], 4],
];

export async function measureQueries({ folder, lines, runs, say }) {
  const path = join(folder, "alerts.db");
  const id = fill(path, lines, say);
  const asked = lookUps(id);
  const times = await compare(
    [
      { name: "node", argv: [process.execPath, "-e", "0"] },
      ...asked.map(([name, words]) => ({
        name,
        argv: [process.execPath, main, ...words, "--db", path],
        check: found(name),
      })),
    ],
    { runs: runs * 3, say: () => {} },
  );
  say("look-ups measured");
  return asked.map(([name, , most]) =>
    row(
      `${name}, of ${lines.toLocaleString("en")}`,
      "node -e 0",
      times.get(name),
      times.get("node"),
      `at most ${most}`,
    ),
  );
}

function found(name) {
  return (printed) => {
    if (printed.trim() === "" || printed.startsWith("No alerts")) throw new Error(`${name} found nothing`);
  };
}

/** Fills a database that the program made with alerts like its own, from a fixed seed. */
function fill(path, alerts, say) {
  execFileSync(process.execPath, [main, "replay", join(root, SAMPLE), "--db", path], { stdio: "ignore" });
  const Database = createRequire(import.meta.url)("better-sqlite3");
  const db = new Database(path);
  db.pragma("journal_mode = OFF");
  db.pragma("cache_size = -1000000");
  // An index is made faster at once than row by row; what the triggers count, they count.
  const indexes = db
    .prepare("SELECT name, sql FROM sqlite_schema WHERE tbl_name = 'alerts' AND sql LIKE 'CREATE INDEX%'")
    .all();
  for (const { name } of indexes) db.exec(`DROP INDEX ${name}`);
  const model = db.prepare("SELECT * FROM alerts").get();
  const columns = Object.keys(model);
  const addAlert = db.prepare(`INSERT INTO alerts(${columns}) VALUES (${columns.map((one) => `@${one}`)})`);
  // Without the runbook, which no list reads: the disk is spared nine gigabytes. What is shown has its own.
  const body = { ...JSON.parse(db.prepare("SELECT body FROM alert_bodies").pluck().get()), ...NO_TEXTS };
  const addBody = db.prepare("INSERT INTO alert_bodies(alert_id, body) VALUES (?, ?)");
  const line = db.prepare("SELECT line FROM alert_evidence").pluck().get();
  const addLine = db.prepare("INSERT INTO alert_evidence(alert_id, seq, at, line) VALUES (?, 0, ?, ?)");
  const random = generator(0x2545f491);
  const whole = (n) => Math.floor(random() * n);
  const pick = (list) => list[Math.floor(random() ** 2 * list.length)];
  const text = JSON.stringify(body);
  let at = START;
  const write = db.transaction((from, to) => {
    for (let i = from; i < to; i++) {
      at += whole(2 * MEAN_MILLIS);
      const id = `${whole(2 ** 32).toString(36)}${whole(2 ** 32).toString(36)}x${i.toString(36)}`;
      const device = `edge-${whole(ROUTERS)}`;
      const rule = pick(RULES);
      // Most end the same day; one in a thousand goes on for months.
      const most = whole(1_000) === 0 ? 100 * DAY : DAY;
      addAlert.run({
        ...model,
        ...{ id, device, device_key: device, grp: id, rule, advisory: `advisory-of-${rule}` },
        ...{ level: pick(LEVELS), status: pick(STATUSES), first_seen: at, last_seen: at + whole(most * random() ** 3) },
      });
      addBody.run(id, text);
      addLine.run(id, at, line);
    }
  });
  for (let i = 1; i < alerts; i += 100_000) write(i, Math.min(i + 100_000, alerts));
  for (const { sql } of indexes) db.exec(sql);
  db.pragma("journal_mode = WAL");
  const total = db.prepare("SELECT sum(value) FROM totals WHERE kind = 'level'").pluck().get();
  if (total !== alerts) throw new Error(`${total} alerts are counted, ${alerts} were written`);
  db.close();
  say(`${alerts} alerts written`);
  return model.id;
}

const NO_TEXTS = { runbook: { recover: [], mitigate: [], verify: [], fix: [] }, references: [], falsepositives: [] };
const STATUSES = ["closed", "resolved", "open", "recurring", "recovering"];
const LEVELS = ["medium", "low", "high", "critical", "informational"];
const RULES = ["packet-memory-exhausted", "sip-process-anomaly", "mitigation-lost", "web-ui-takeover", "device-silent"];

function generator(seed) {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 4294967296;
  };
}
