/** The file of JSON lines: whole lines, private, in bounds, and never somebody else's file. */
import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { alertJson } from "../../src/output/alert-json.ts";
import { fileOutput } from "../../src/output/file.ts";
import type { Output } from "../../src/output/output.ts";
import { delivery, type OutputBench, outputContract } from "./contract.ts";

let folder = "";
const outputs: Output[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-file-"));
});
afterEach(async () => {
  for (const output of outputs.splice(0)) await output.close();
  rmSync(folder, { recursive: true, force: true });
});

const path = () => join(folder, "alerts.jsonl");
const lines = (file = path()) =>
  existsSync(file) && statSync(file).isFile() ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
function file(parts: { path?: string; maxSize?: number; keep?: number } = {}): Output {
  const output = fileOutput({ name: "archive", path: path(), maxSize: 1e9, keep: 3, ...parts });
  outputs.push(output);
  return output;
}

outputContract("a file", (): OutputBench => {
  const aside = join(folder, "aside");
  return {
    output: file(),
    received: () => lines(existsSync(aside) ? aside : path()),
    fail: () => {
      if (existsSync(path())) renameSync(path(), aside);
      mkdirSync(path());
    },
    mend: () => {
      rmdirSync(path());
      if (existsSync(aside)) renameSync(aside, path());
    },
    free: () => {},
  };
});

describe("the file", () => {
  it("has the alert's JSON on each line, and nobody else may read it", async () => {
    await file().deliver(delivery("a"));
    const [line] = lines();
    expect(JSON.parse(line!)).toEqual(JSON.parse(JSON.stringify(alertJson(delivery("a").alert, "opened"))));
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it("is begun anew before it is too large, and so many old ones are kept", async () => {
    const output = file({ maxSize: 1, keep: 2 });
    for (const id of ["a", "b", "c", "d"]) await output.deliver(delivery(id));
    const ids = ["", ".1", ".2", ".3"].map((end) => lines(path() + end).map((line) => JSON.parse(line).id[0]));
    expect(ids).toEqual([["d"], ["c"], ["b"], []]);
    expect(statSync(`${path()}.1`).mode & 0o777).toBe(0o600);
  });

  it("goes on where it is when it is opened again, after a line that was cut off too", async () => {
    await file().deliver(delivery("a"));
    writeFileSync(path(), '{"id":"cut o', { flag: "a" });
    await file().deliver(delivery("b"));
    expect(lines().map((line) => line.slice(0, 12))).toEqual([
      lines()[0]!.slice(0, 12),
      '{"id":"cut o',
      lines()[0]!.slice(0, 12),
    ]);
  });

  it("is made again when it was moved away", async () => {
    const output = file();
    await output.deliver(delivery("a"));
    renameSync(path(), `${path()}.moved`);
    await output.deliver(delivery("b"));
    expect([lines(`${path()}.moved`).length, lines().length]).toEqual([1, 1]);
  });

  it("is no link, and no pipe that would hold the writer up", async () => {
    writeFileSync(join(folder, "precious"), "");
    symlinkSync(join(folder, "precious"), join(folder, "link"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const name of ["link", "pipe", "nowhere/alerts.jsonl"])
      await expect(file({ path: join(folder, name) }).deliver(delivery("a"))).rejects.toMatchObject({
        code: "OUTPUT_FAILED",
      });
    expect(readFileSync(join(folder, "precious"), "utf8")).toBe("");
  });

  it.skipIf(!canMount())("on a full disk has no half line, and goes on when there is room", async () => {
    const disk = join(folder, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", disk]);
    try {
      const output = file({ path: join(disk, "alerts.jsonl") });
      writeFileSync(join(disk, "ballast"), Buffer.alloc(48 * 1024));
      let taken = 0;
      const fill = async () => {
        for (;;) {
          await output.deliver(delivery("a"));
          taken++;
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "OUTPUT_FAILED", message: expect.stringContaining("ENOSPC") });
      expect(lines(join(disk, "alerts.jsonl"))).toHaveLength(taken);
      expect(readFileSync(join(disk, "alerts.jsonl"), "utf8").endsWith("}\n")).toBe(true);
      rmSync(join(disk, "ballast"));
      await output.deliver(delivery("b"));
      expect(lines(join(disk, "alerts.jsonl"))).toHaveLength(taken + 1);
      await output.close();
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), "telltale-mount-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", place], { stdio: "ignore" });
    execFileSync("umount", [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
