/** Rights that a listener does not need: files that others may read, and root once its ports are open. */
import { execFileSync } from "node:child_process";
import { TelltaleError } from "../error.ts";

/** Files made from now on are for their owner alone. */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** Whether this process may do anything. */
export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** A user to become: `telltale`, or `990:990`. */
export interface User {
  name: string;
  uid: number;
  gid: number;
  groups: number[];
}

/** Looks the user up. Throws USAGE for one that is not there or is root, NO_PERMISSION where this process is not root. */
export function findUser(text: string): User {
  if (!isRoot())
    throw new TelltaleError(
      "NO_PERMISSION",
      `cannot become ${text}: only root can`,
      "Leave --user out, or start as root.",
    );
  const [, uid, gid] = /^(\d{1,9}):(\d{1,9})$/.exec(text)?.map(Number) ?? [];
  const user: User =
    uid === undefined || gid === undefined
      ? { name: text, uid: idsOf(text, "-u")[0]!, gid: idsOf(text, "-g")[0]!, groups: idsOf(text, "-G") }
      : { name: text, uid, gid, groups: [gid] };
  if (user.uid !== 0 && !user.groups.includes(0)) return user;
  throw new TelltaleError("USAGE", `--user ${text} is root`, "Name a user without rights: useradd --system telltale");
}

/** Becomes the user for good. Throws NO_PERMISSION. */
export function become({ name, uid, gid, groups }: User): void {
  try {
    process.setgroups!(groups);
    process.setgid!(gid);
    process.setuid!(uid);
  } catch (cause) {
    throw new TelltaleError(
      "NO_PERMISSION",
      `cannot become ${name}: ${(cause as Error).message}`,
      "Start as root.",
      cause,
    );
  }
  try {
    process.setuid!(0);
  } catch {
    return;
  }
  throw new TelltaleError("NO_PERMISSION", `${name} can become root again`, "Choose a user without rights.");
}

function idsOf(name: string, what: "-u" | "-g" | "-G"): number[] {
  try {
    const printed = execFileSync("id", [what, "--", name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    return printed.trim().split(" ").map(Number);
  } catch (cause) {
    const hint = `Name a user that is there (useradd --system telltale), or numbers as in --user 990:990.`;
    throw new TelltaleError("USAGE", `there is no user ${JSON.stringify(name)}`, hint, cause);
  }
}
