/** Reads what `strace -f -y -xx` wrote: which bytes went into which file, what was synced, which alerts were told. */

/** Events of the database at `path` in their order: write, truncate, sync, unlink with their `file`, and alert with its `id`. */
export function readTrace(text, path) {
  const files = new Set([path, `${path}-wal`]);
  const unfinished = new Map();
  const events = [];
  for (const line of text.split("\n")) {
    const [, thread, rest] = /^(\d+) +(.*)$/.exec(line) ?? [];
    if (thread === undefined) continue;
    const begun = /^(.*) <unfinished \.\.\.>$/.exec(rest);
    if (begun !== null) {
      unfinished.set(thread, begun[1]);
      // What is told is seen by others at once, what is written counts when it is done.
      const told = alertOf(`${begun[1]})`);
      if (told !== null) events.push(told);
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const whole = resumed === null ? rest : `${unfinished.get(thread) ?? ""}${resumed[1]}`;
    unfinished.delete(thread);
    const event = (resumed === null ? alertOf(whole) : null) ?? fileEvent(whole, files);
    if (event !== null) events.push(event);
  }
  return events;
}

function fileEvent(call, files) {
  const [, name, args, result] = /^(\w+)\((.*)\)\s*= (-?\d+)/.exec(call) ?? [];
  if (name === undefined || Number(result) < 0) return null;
  if (name === "unlink") {
    const file = bytesOf(/^"([^"]*)"/.exec(args)?.[1] ?? "").toString("utf8");
    return files.has(file) ? { kind: "unlink", file } : null;
  }
  const [, path, more] = /^\d+<([^>]*)>(?:, )?(.*)$/.exec(args) ?? [];
  const file = path?.startsWith("\\x") ? bytesOf(path).toString("utf8") : path;
  if (file === undefined || !files.has(file)) return null;
  if (name === "fsync" || name === "fdatasync") return { kind: "sync", file };
  if (name === "ftruncate") return { kind: "truncate", file, length: Number(more) };
  if (name !== "pwrite64") return null;
  const [, hex, count, at] = /^"([^"]*)", (\d+), (\d+)$/.exec(more);
  const bytes = bytesOf(hex);
  if (bytes.length !== Number(count)) throw new Error(`a write of ${count} bytes was recorded with ${bytes.length}`);
  return { kind: "write", file, at: Number(at), bytes };
}

/** An alert on stdout. */
function alertOf(call) {
  const text = /^writev?\(1[<,].*?"([^"]*)"/.exec(call)?.[1];
  const id = text === undefined ? undefined : /"id":"([a-z2-7]{26})"/.exec(bytesOf(text).toString("utf8"))?.[1];
  return id === undefined ? null : { kind: "alert", id };
}

function bytesOf(hex) {
  return Buffer.from(hex.replaceAll("\\x", ""), "hex");
}
