/** Places where a test may end the process, as a power failure would; nothing happens unless the environment names one. */

/** Every place, in the order in which a message and its alert pass them. */
export const FAILPOINTS = [
  "start.resumed",
  "engine.judged",
  "commit.begin",
  "commit.alert",
  "commit.end",
  "commit.done",
  "deliver.begin",
  "deliver.done",
  "told.begin",
  "told.done",
  "checkpoint.begin",
  "checkpoint.done",
  "prune.middle",
  "prune.done",
  "reload.loaded",
  "reload.done",
  "backup.copied",
  "migrate.middle",
  "migrate.done",
  "quarantine.middle",
  "stop.drained",
  "stop.saved",
] as const;
export type Failpoint = (typeof FAILPOINTS)[number];

/** Passes a place; ends the process without any clean-up when this is the visit that `TELLTALE_FAILPOINT` asks for:
 * `commit.end`, or `commit.end=3` for the third visit of a thread. */
export const failpoint: (name: Failpoint) => void = armed(process.env.TELLTALE_FAILPOINT);

function armed(text: string | undefined): (name: Failpoint) => void {
  if (text === undefined || text === "") return () => {};
  const [wanted, visits = "1"] = text.split("=");
  let left = Number(visits);
  return (name) => {
    if (name !== wanted || --left > 0) return;
    process.kill(process.pid, "SIGKILL");
    // The signal may take a moment; nothing may happen meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
}
