/** Until when each line of Node is mended: an old one runs, and has holes that are known to everybody. */

/** The end of life of each line, as the schedule of Node.js names it. */
const ENDS: Record<number, string> = {
  20: "2026-04-30",
  21: "2024-06-01",
  22: "2027-04-30",
  23: "2025-06-01",
  24: "2028-04-30",
};

/** What to say of a version such as 20.19.0 on a day; null while it is mended, or where it is not known. */
export function nodeNotice(version: string, now: Date): string | null {
  const line = Number.parseInt(version, 10);
  const end = ENDS[line];
  if (end === undefined || now.toISOString().slice(0, 10) <= end) return null;
  return `Node ${line} gets no more security updates since ${end}: move to a newer even release (https://nodejs.org)`;
}
