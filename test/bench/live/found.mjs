/** Whether what was planted in the lines that were sent was found, and nothing else. */
import { telltale } from "./listener.mjs";

/** How many alerts about routers are stored; throws unless they are those of the reports in the first `sent` lines. */
export function checkFound(db, planted, sent) {
  const stored = telltale("alerts", "export", "--db", db).split("\n").filter(Boolean).map(JSON.parse);
  const found = new Set(stored.filter(isPlanted).map(nameOf));
  const wanted = new Set(planted.filter(({ line }) => line <= sent).map(nameOf));
  // The last report may have been sent in part.
  const next = planted.filter(({ line }) => line > sent && line <= sent + 10).map(nameOf);
  const missed = [...wanted].filter((name) => !found.has(name));
  const extra = [...found].filter((name) => !wanted.has(name) && !next.includes(name));
  if (missed.length + extra.length > 0)
    throw new Error(`alerts differ from what was planted:\n- ${missed.join("\n- ")}\n+ ${extra.join("\n+ ")}`);
  return wanted.size;
}

/** Alerts about a fleet are about several. */
function isPlanted({ rule, device }) {
  if (device === "*") return false;
  return rule === "packet-memory-exhausted" || rule === "sip-process-anomaly";
}

function nameOf({ rule, device, node }) {
  return `${rule} ${device} ${node ?? "-"}`;
}
