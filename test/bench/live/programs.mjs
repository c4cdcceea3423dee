/** Finds the programs of other projects: on PATH, or below a folder into which their packages were unpacked. */
import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** `dpkg -x PACKAGE.deb FOLDER` fills it: rsyslog and syslog-ng cannot be installed side by side. */
const PREFIX = process.env.TELLTALE_BENCH_PREFIX ?? "/";

/** The whole path of a program, or null. */
export function findProgram(name) {
  const below = ["usr/bin", "usr/sbin"].map((folder) => join(PREFIX, folder));
  const folders = [...below, ...(process.env.PATH ?? "").split(delimiter)];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** The folder of a package that holds a module, in the libraries of whatever architecture; or null. */
export function findModules(folder, module) {
  const libraries = join(PREFIX, "usr/lib");
  const folders = readdirSync(libraries).map((name) => join(libraries, name, folder));
  return folders.find((one) => existsSync(join(one, module))) ?? null;
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
