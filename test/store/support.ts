/** Temporary folders and generated alerts for the tests of the store. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach } from "vitest";
import { type ErrorCode, TelltaleError } from "../../src/error.ts";
import type { Alert, Evidence } from "../../src/model.ts";
import type { AlertWrite, CommitBatch } from "../../src/store/commit.ts";
import { openStore, type Store } from "../../src/store/open.ts";
import { type KnownOutput, MAX_PENDING, registerOutputs } from "../../src/store/outputs.ts";
import { EVERYTHING } from "../../src/store/route.ts";
import { anyAlert } from "../support/any-alert.ts";

const folders: string[] = [];
const stores: Store[] = [];

afterEach(() => {
  for (const store of stores.splice(0)) store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A folder that is removed after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "telltale-store-"));
  folders.push(path);
  return path;
}

/** An output that is told of everything, with some fields changed. */
export function known(name: string, parts: Partial<KnownOutput> = {}): KnownOutput {
  return { name, type: "console", target: "", route: EVERYTHING, maxPending: MAX_PENDING, ...parts };
}

/** A fresh store with these outputs that is closed after the test. */
export function freshStore(...outputs: string[]): Store {
  const store = openStore(join(folder(), "telltale.db"));
  if (outputs.length > 0)
    registerOutputs(
      store,
      outputs.map((name) => known(name)),
    );
  stores.push(store);
  return store;
}

/** Runs `use` on a store of its own, for properties that need one a run. */
export function withStore<T>(use: (store: Store) => T): T {
  const path = mkdtempSync(join(tmpdir(), "telltale-store-"));
  const store = openStore(join(path, "telltale.db"));
  try {
    return use(store);
  } finally {
    store.close();
    rmSync(path, { recursive: true, force: true });
  }
}

/** SHA-256 of a file's bytes. */
export function digest(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** The `TelltaleError` that `work` throws; fails when it throws none. */
export function failure(work: () => unknown): TelltaleError {
  try {
    work();
  } catch (error) {
    if (error instanceof TelltaleError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The code of the error that `work` throws. */
export function codeOf(work: () => unknown): ErrorCode {
  return failure(work).code;
}

/** A batch with nothing in it but what is given. */
export function batch(parts: Partial<CommitBatch> = {}): CommitBatch {
  return {
    devices: [],
    deviceEvents: [],
    states: [],
    dropStates: [],
    alerts: [],
    tell: true,
    counters: {},
    unparsed: [],
    ...parts,
  };
}

/** A plain alert with some fields changed. */
export function alert(parts: Partial<Alert> = {}): Alert {
  return {
    id: "abcdefghijklmnopqrstuvwxyz",
    rule: "packet-memory-exhausted",
    advisory: "cisco-sa-iosxr-ipsec-dos-q8UPX6m",
    title: { en: "Packet memory is exhausted", ja: "パケットメモリの枯渇" },
    level: "critical",
    confidence: "high",
    verdict: "ipsec-pp-exhausts-pak-fsv",
    device: "Edge1.example.net",
    node: "0/RSP0/CPU0",
    address: "192.0.2.7",
    status: "open",
    count: 1,
    firstSeen: 1_700_000_000_000,
    lastSeen: 1_700_000_000_000,
    exposure: { state: "vulnerable", release: "6.4.2", reason: { en: "6.4.2 is before 6.4.3" } },
    details: { level: 96, resource: "pak fsv" },
    caveats: [],
    evidence: [{ at: 1_700_000_000_000, raw: bytes("Depletion level 96 percent for resource pak fsv") }],
    runbook: { recover: [], mitigate: [], verify: [], fix: [] },
    lead: "recover",
    falsepositives: [],
    references: ["https://example.com/advisory"],
    related: [],
    sourceAuth: "none",
    acknowledged: null,
    disposition: null,
    notes: [],
    ...parts,
  };
}

/** One alert of a batch, opened at its last report. */
export function opened(written: Alert, parts: Partial<AlertWrite> = {}): AlertWrite {
  return { alert: written, group: `group of ${written.id}`, change: "opened", at: written.lastSeen, ...parts };
}

/** Text as UTF-8 bytes. */
export function bytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text));
}

const millis = fc.integer({ min: -62_135_596_800_000, max: 253_402_300_799_999 });
const string = fc.string({ unit: "binary", maxLength: 20 });
const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (n === 0 ? 0 : n));

/** Up to 20 lines of arbitrary bytes, the empty line included. */
export const evidenceArbitrary: fc.Arbitrary<Evidence[]> = fc.array(
  fc.record({ at: millis, raw: fc.uint8Array({ maxLength: 60 }) }),
  { maxLength: 20 },
);

/** Any alert that the store may be given. */
export const alertArbitrary: fc.Arbitrary<Alert> = anyAlert({
  id: fc.string({ unit: fc.constantFrom(..."abcdefghijklmnopqrstuvwxyz234567"), minLength: 26, maxLength: 26 }),
  string,
  millis,
  number,
  evidence: evidenceArbitrary,
});
