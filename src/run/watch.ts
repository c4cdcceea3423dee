/** Tells when rule files have changed: by what they hold, whatever way an editor saves them. */
import { createHash } from "node:crypto";
import { type FSWatcher, readdirSync, statSync, watch } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { foldersIn, readRuleFile } from "../rule/files.ts";

/** An editor writes in several steps, often through a second file that it renames: what it does within this time is one change. */
const SETTLE_MILLIS = 100;
/** How often a place is looked for that is gone with the folder around it. */
const LOST_MILLIS = 1_000;

export interface RuleWatch {
  close(): void;
}

/** Watches a folder of rules, an advisory's folder, or one rule file with its advisory. `changed` is called after each
 * change of what the files hold; `failed` once, when the system cannot watch, and nothing is watched then. */
export function watchRules(path: string, changed: () => void, failed: (error: Error) => void): RuleWatch {
  let watchers: FSWatcher[] = [];
  let timer: NodeJS.Timeout | null = null;
  let closed = false;
  let last = "";

  const close = (): void => {
    closed = true;
    if (timer !== null) clearTimeout(timer);
    for (const one of watchers) one.close();
  };
  const later = (millis: number): void => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      look();
    }, millis);
  };
  const fail = (error: unknown): void => {
    if (closed) return;
    close();
    failed(error as Error);
  };
  const arm = (folder: string, only: string | null): FSWatcher | null => {
    try {
      const one = watch(folder, (_, name) => {
        if (only === null || name === null || name === only) later(SETTLE_MILLIS);
      });
      // A folder that goes away ends its own watch.
      one.on("error", () => later(SETTLE_MILLIS));
      return one;
    } catch (error) {
      if (GONE.has((error as NodeJS.ErrnoException).code ?? "")) return null;
      throw error;
    }
  };
  /** Watches first and reads then, so that nothing changes in between unseen. */
  const watchAnew = (): string => {
    const old = watchers;
    watchers = [];
    const parent = arm(dirname(resolve(path)), basename(resolve(path)));
    const folders = isFile(path) ? [dirname(path)] : [path, ...subfolders(path)];
    watchers = [parent, ...folders.map((folder) => arm(folder, null))].filter((one) => one !== null);
    for (const one of old) one.close();
    return fingerprint(path, folders);
  };
  const look = (): void => {
    try {
      const now = watchAnew();
      if (watchers.length === 0) later(LOST_MILLIS);
      if (now === last) return;
      last = now;
    } catch (error) {
      fail(error);
      return;
    }
    changed();
  };
  try {
    last = watchAnew();
  } catch (error) {
    fail(error);
  }
  return { close };
}

const GONE = new Set(["ENOENT", "ENOTDIR", "EACCES"]);

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function subfolders(path: string): string[] {
  return foldersIn(path, entries(path));
}

function entries(folder: string) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

/** What the rule files hold, in one word. */
function fingerprint(path: string, folders: string[]): string {
  const hash = createHash("sha256");
  const single = isFile(path);
  for (const folder of folders) {
    for (const { name } of entries(folder).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (single ? name !== basename(path) && name !== "advisory.yaml" : !/\.ya?ml$/.test(name)) continue;
      hash.update(`${join(folder, name)}\n`).update(content(join(folder, name)));
    }
  }
  return hash.digest("hex");
}

function content(file: string): Buffer {
  try {
    return readRuleFile(file);
  } catch (error) {
    return Buffer.from((error as NodeJS.ErrnoException).code ?? "");
  }
}
