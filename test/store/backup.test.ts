/** A copy of the store: whole, private, and of one moment, while somebody writes. */
import { existsSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { copyStore } from "../../src/store/backup.ts";
import { openStore } from "../../src/store/open.ts";
import { listAlerts } from "../../src/store/queries.ts";
import { alert, batch, codeOf, folder, freshStore, opened } from "./support.ts";

describe("a backup", () => {
  it("holds what was committed, is for its user alone, and opens as a store", () => {
    const store = freshStore();
    store.commit(0, () => batch({ alerts: [opened(alert())] }));
    const reader = openStore(store.path, { readOnly: true });
    const file = join(folder(), "backup.db");
    expect(copyStore(reader, file)).toBe(statSync(file).size);
    reader.close();
    store.commit(0, () => batch({ alerts: [opened(alert({ id: "later" }))] }));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(file))).toEqual(["backup.db"]);
    const copy = openStore(file, { exclusive: true });
    expect(listAlerts(copy).map((one) => one.id)).toEqual([alert().id]);
    copy.close();
  });

  it("replaces no file unless it is told to, and follows no link", () => {
    const store = freshStore();
    const file = join(folder(), "backup.db");
    const target = join(folder(), "precious");
    writeFileSync(target, "precious");
    symlinkSync(target, file);
    expect(codeOf(() => copyStore(store, file))).toBe("USAGE");
    copyStore(store, file, true);
    expect(statSync(target).size).toBe("precious".length);
    expect(statSync(file).size).toBeGreaterThan(1000);
  });

  it("leaves nothing behind where it cannot be written", () => {
    const store = freshStore();
    const file = join(folder(), "no", "such", "folder", "backup.db");
    expect(codeOf(() => copyStore(store, file))).toBe("IO");
    expect(existsSync(dirname(file))).toBe(false);
  });
});
