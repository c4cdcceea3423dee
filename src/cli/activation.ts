/** Sockets that a supervisor has opened before this process: systemd's LISTEN_FDS protocol (sd_listen_fds(3)). */
import { TelltaleError } from "../error.ts";
import type { Inherited } from "../run/sources.ts";

/** The first descriptor that is handed over. */
const FIRST = 3;

/** The sockets that are meant for this process, by their names; the environment forgets them. Throws CONFIG_INVALID for
 * a name that tells no transport. */
export function takeSockets(env: NodeJS.ProcessEnv, pid: number): Inherited[] {
  const { LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES = "" } = env;
  for (const name of ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) delete env[name];
  if (LISTEN_PID !== String(pid) || !/^\d{1,4}$/.test(LISTEN_FDS ?? "")) return [];
  const names = LISTEN_FDNAMES.split(":");
  return Array.from({ length: Number(LISTEN_FDS) }, (_, i) => ({
    transport: transportOf(names[i] ?? "", FIRST + i),
    fd: FIRST + i,
  }));
}

/** `udp`, `telltale-udp`, `telltale-udp.socket`. */
function transportOf(name: string, fd: number): Inherited["transport"] {
  const found = /(?:^|[-_.])(udp|tcp|tls)(?:\.socket)?$/.exec(name)?.[1];
  if (found !== undefined) return found as Inherited["transport"];
  const hint = "Set FileDescriptorName=udp, tcp or tls in the socket unit; contrib/systemd has units to start from.";
  throw new TelltaleError(
    "CONFIG_INVALID",
    `socket ${fd} was handed over as ${JSON.stringify(name)}: it is not said what comes by it`,
    hint,
  );
}
