/** The program's own modules, compiled one by one: for tests that call them without a process around. */
import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "./listener.mjs";

/** Compiles `src` into `folder`; gives what imports a module by its path there, such as `store/open`. */
export function compiledModules(folder) {
  mkdirSync(folder, { recursive: true });
  for (const name of ["node_modules", "migrations", "rules", "package.json"])
    symlinkSync(join(ROOT, name), join(folder, name));
  const project = {
    extends: join(ROOT, "tsconfig.json"),
    compilerOptions: { noEmit: false, rootDir: join(ROOT, "src"), outDir: join(folder, "dist"), noCheck: true },
    include: [join(ROOT, "src")],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(project));
  const compiler = join(ROOT, "node_modules/typescript/bin/tsc");
  try {
    execFileSync(process.execPath, [compiler, "-p", folder], { stdio: "pipe" });
  } catch (error) {
    throw new Error(`src cannot be compiled: ${error.stdout}`);
  }
  return (path) => import(pathToFileURL(join(folder, "dist", `${path}.js`)).href);
}
