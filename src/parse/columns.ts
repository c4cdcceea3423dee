/** Collectors' files that hold the relay's fields in columns: Kiwi's tabs and Sagan's bars. */

import type { Header } from "./header.ts";
import { matchAt } from "./scan.ts";
import { readIso } from "./time.ts";

/** Read a collector's columns at the start of a line; -1 when there are none. */
export function readColumns(line: string, header: Header): number {
  const found = matchAt(KIWI, line, 0);
  if (found !== null) return fields(header, found[0], found[3]!, found[4]!, found[5]!, `${found[1]} ${found[2]}`);
  const bars = matchAt(SAGAN, line, 0);
  if (bars === null) return -1;
  return fields(header, bars[0], bars[2]!, bars[3]!, bars[1]!, `${bars[4]} ${bars[5]}`);
}

// 2013-11-06<TAB>16:00:00<TAB>Local7.Critical<TAB>192.0.2.1<TAB>186: …
const KIWI = /(\d{4}-\d{2}-\d{2})[\t ](\d{2}:\d{2}:\d{2})\t([A-Za-z]\w{1,15})\.([A-Za-z]{1,15})\t(\S{1,255})\t ?/y;
// 192.0.2.7|local7|info|info|be|2014-02-19|20:25:11|344306| Feb 19 15:25:11.570: %SEC-6-…
const SAGAN =
  /([^|\s]{1,255})\|([a-z]\w{1,15})\|([a-z]{1,15})\|[a-z]{1,15}\|[^|]{0,255}\|(\d{4}-\d{2}-\d{2})(?:T[^|]{0,32})?\|(?:[^|]{0,20}T)?(\d{2}:\d{2}:\d{2})Z?\|[^|]{0,255}\| ?/y;
const FACILITIES = "kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp audit alert clock".split(" ");
const SEVERITIES = ["emerg", "alert", "crit", "err", "warn", "notice", "info", "debug"];

function fields(
  header: Header,
  whole: string,
  facility: string,
  severity: string,
  host: string,
  stamp: string,
): number {
  header.relayed = true;
  header.relay = host;
  header.relayTime = readIso(stamp, 0)?.stamp ?? null;
  const facilityCode = facilityOf(facility.toLowerCase());
  // Kiwi writes the long names (`Critical`, `Warning`), others the short ones.
  const severityCode = SEVERITIES.findIndex((name) => severity.toLowerCase().startsWith(name));
  if (facilityCode !== -1 && severityCode !== -1) header.pri = { facility: facilityCode, severity: severityCode };
  return whole.length;
}

function facilityOf(name: string): number {
  const local = /^local([0-7])$/.exec(name);
  return local === null ? FACILITIES.indexOf(name) : 16 + Number(local[1]);
}
