/** What is installed: the program in few files of CommonJS, since Node looks up, reads and links each one at every start. */
import { readFileSync } from "node:fs";
import { defineConfig } from "rolldown";

const { dependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { dependencies: Record<string, string> };

export default defineConfig({
  // The threads of `listen` are files of their own, beside the one that starts them.
  input: {
    main: "src/cli/main.ts",
    ingest: "src/run/ingest.ts",
    "judge-thread": "src/run/judge-thread.ts",
    "delivery-thread": "src/run/delivery-thread.ts",
  },
  platform: "node",
  // Packages stay packages, where tools for audits and licences see them.
  external: Object.keys(dependencies).map((name) => new RegExp(`^${name}(?:/|$)`)),
  output: {
    dir: "dist",
    cleanDir: true,
    format: "cjs",
    entryFileNames: "cli/[name].js",
    chunkFileNames: "cli/[name]-[hash].js",
    sourcemap: true,
  },
  plugins: [
    {
      name: "says that it is CommonJS",
      generateBundle() {
        this.emitFile({ type: "asset", fileName: "package.json", source: '{ "type": "commonjs" }\n' });
      },
    },
  ],
});
