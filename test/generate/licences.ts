/** The packages that are installed with Telltale and their licences, from the lock file. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../support/cli.ts";
import { code, GENERATED, prose, table } from "./markdown.ts";

/** Licences that ask for no more than their text and a notice. */
export const PERMITTED = ["MIT", "ISC", "BSD-2-Clause", "BSD-3-Clause", "Apache-2.0"];

interface Locked {
  version: string;
  license?: string;
  dev?: boolean;
}

/** Every package that is installed without the tools of development. */
export function shippedPackages(): { name: string; version: string; licence: string }[] {
  const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
    packages: Record<string, Locked>;
  };
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path, { version, license }]) => ({
      name: path.replace(/^.*node_modules\//, ""),
      version,
      licence: license ?? "unknown",
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The page that lists them. */
export function licencePage(): string {
  const rows = shippedPackages().map(({ name, version, licence }) => [code(name), version, prose(licence)]);
  return `# Licences

${GENERATED}

Telltale itself is under [Apache-2.0](../LICENSE). These packages are installed with it; the native part of better-sqlite3 holds SQLite, which is in the public domain. \`npm run sbom\` prints the same as a bill of materials in CycloneDX form, with the digest of each package.

${table(["package", "version", "licence"], rows)}
`;
}
