/** Whether this process may open as many files as it may hold connections; the system says it on Linux. */
import { readFileSync } from "node:fs";

/** Files that a listener needs besides. */
const OTHERS = 256;

/** A sentence for the operator when the limit is too low, else null. */
export function openFilesHint(connections: number, limits: string = readLimits()): string | null {
  const soft = /^Max open files +(\d+)/m.exec(limits)?.[1];
  if (soft === undefined || Number(soft) >= connections + OTHERS) return null;
  return `Only ${soft} files may be open, ${connections} connections are allowed: raise the limit (ulimit -n, LimitNOFILE= in a unit) or lower listen.connections.max.`;
}

function readLimits(): string {
  try {
    return readFileSync("/proc/self/limits", "latin1");
  } catch {
    return "";
  }
}
