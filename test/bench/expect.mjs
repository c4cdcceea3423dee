/** What the episode rule makes of planted incidents: a second, plain reading of it, apart from the program's own. */

const MINUTE = 60_000;
const DAY = 86_400_000;
/** What a rule's life cycle says, and how its verdicts rank. */
const RULES = {
  "packet-memory-exhausted": { steps: true, ranks: ["other-cause", "ipsec-pp-exhausts-pak-fsv"] },
  "sip-process-anomaly": { steps: false, ranks: ["sip-signal", "repeated-sip-signals"] },
};

/** Alerts expected of reports and recovery steps; a report is { rule, device, node, verdict, at }. */
export function expectAlerts({ reports, steps, end }) {
  const groups = new Map();
  for (const report of reports) {
    const key = JSON.stringify([report.rule, report.device, report.node]);
    groups.set(key, [...(groups.get(key) ?? []), report]);
  }
  const single = [...groups.values()].flatMap((group) => {
    const { rule, device, node } = group[0];
    const happened = RULES[rule].steps ? steps.filter((step) => step.device === device && step.node === node) : [];
    return episodes(withRepeats(group), happened, RULES[rule], end);
  });
  const fleets = Object.keys(RULES).flatMap((rule) =>
    fleetsOf(
      rule,
      reports.filter((report) => report.rule === rule && report.counts),
    ),
  );
  return [...single, ...fleets].map(summary).sort();
}

/** Three routers within ten minutes are one alert more, and whoever reports later joins it, for as long as reports come
 * within a day of each other. */
function fleetsOf(rule, reports) {
  const found = [];
  let now = null;
  let members = new Set();
  for (const [i, { at }] of reports.entries()) {
    if (now !== null && at > now.lastSeen + DAY) now = null;
    const window = now === null ? runsWithin(reports.slice(0, i + 1), at) : reports.slice(i, i + 1);
    const devices = window.map(({ device }) => device);
    if (now === null) {
      if (new Set(devices).size < 3) continue;
      members = new Set();
      const verdict = `fleet-${rule}`;
      now = {
        rule,
        device: "*",
        node: null,
        verdict,
        status: "open",
        firstSeen: Math.min(...window.map((one) => one.at)),
      };
      found.push(now);
    }
    for (const device of devices) members.add(device);
    Object.assign(now, { count: members.size, lastSeen: at });
  }
  return found;
}

/** Reports of the last ten minutes, and those before them by which their routers have reported without a longer pause. */
function runsWithin(reports, at) {
  const since = new Map();
  for (const report of reports.toReversed()) {
    const from = since.get(report.device) ?? at;
    if (report.at >= from - 10 * MINUTE) since.set(report.device, report.at);
  }
  return reports.filter((report) => report.at >= (since.get(report.device) ?? Number.POSITIVE_INFINITY));
}

/** One comparable line for an alert, expected or printed. */
export function summary({ rule, device, node, verdict, status, count, firstSeen, lastSeen }) {
  return `${rule} ${device} ${node ?? "-"} ${verdict} ${status} ${count} ${iso(firstSeen)} ${iso(lastSeen)}`;
}

const iso = (at) => (typeof at === "string" ? at : new Date(at).toISOString());

/** Two SIP signals within ten minutes are a stronger verdict than one. */
function withRepeats(group) {
  return group.map((report, i) => {
    const repeated = report.verdict === "sip-signal" && i > 0 && report.at - group[i - 1].at <= 10 * MINUTE;
    return repeated ? { ...report, verdict: "repeated-sip-signals" } : report;
  });
}

function episodes(reports, steps, rule, end) {
  const found = [];
  let now = null;
  // A restart is entered only while an alert of the advisory (not one of another cause) is there.
  const events = [
    ...reports.map((report) => ({ ...report, isStep: false })),
    ...steps.map((step) => ({ ...step, isStep: true })),
  ].sort((a, b) => a.at - b.at);
  for (const event of events) {
    if (now !== null) settle(now, event.at);
    if (event.isStep) {
      const concerned = now !== null && now.status !== "resolved" && now.verdict !== rule.ranks[0];
      if (!concerned || event.at > lastOf(now) + DAY) continue;
      now.status = "recovering";
      now.lastStep = event.at;
      continue;
    }
    if (now !== null && event.at > (now.resolvedAt ?? lastOf(now)) + DAY) now = null;
    if (now === null) {
      now = {
        ...event,
        status: "open",
        count: 1,
        firstSeen: event.at,
        lastSeen: event.at,
        lastStep: null,
        resolvedAt: null,
      };
      found.push(now);
      continue;
    }
    const recurs = now.status === "resolved" || (now.status === "recovering" && event.at - now.lastStep > MINUTE);
    if (recurs) Object.assign(now, { status: "recurring", resolvedAt: null });
    now.count++;
    now.lastSeen = event.at;
    if (rule.ranks.indexOf(event.verdict) > rule.ranks.indexOf(now.verdict)) now.verdict = event.verdict;
  }
  if (now !== null) settle(now, end);
  return found;
}

const lastOf = (episode) => Math.max(episode.lastSeen, episode.lastStep ?? 0);

/** Both restarts come together, so that 15 minutes after them the alert is resolved. */
function settle(episode, at) {
  if (episode.status !== "recovering" || at < episode.lastStep + 15 * MINUTE) return;
  episode.status = "resolved";
  episode.resolvedAt = episode.lastStep + 15 * MINUTE;
}
