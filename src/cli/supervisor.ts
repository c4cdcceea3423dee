/** What a supervisor is told: systemd's readiness protocol (sd_notify(3)), through the program systemd-notify. */
import { execFile } from "node:child_process";

export interface Supervisor {
  ready(): void;
  /** All threads work; passed on often enough for its watchdog. */
  alive(): void;
  stopping(): void;
}

/** Tells nobody where no supervisor asks. `failed` is told once, when it cannot be reached. */
export function supervisorOf(env: NodeJS.ProcessEnv, pid: number, failed: (why: string) => void): Supervisor {
  const socket = env.NOTIFY_SOCKET;
  if (socket === undefined || socket === "") return { ready() {}, alive() {}, stopping() {} };
  const { WATCHDOG_USEC = "", WATCHDOG_PID = String(pid) } = env;
  // Twice in the time that is granted, as systemd advises.
  const period = WATCHDOG_PID === String(pid) && /^\d+$/.test(WATCHDOG_USEC) ? Number(WATCHDOG_USEC) / 2_000 : null;
  let told = 0;
  let hasFailed = false;
  const tell = (state: string): void => {
    execFile("systemd-notify", [state], { env: { ...env, NOTIFY_SOCKET: socket } }, (error) => {
      if (error === null || hasFailed) return;
      hasFailed = true;
      failed(`the supervisor cannot be told (${error.message.trim().split("\n")[0]})`);
    });
  };
  return {
    ready: () => tell("READY=1"),
    alive() {
      const now = performance.now();
      if (period === null || now - told < period) return;
      told = now;
      tell("WATCHDOG=1");
    },
    stopping: () => tell("STOPPING=1"),
  };
}
