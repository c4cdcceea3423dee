/** Alerts come back from the store as they went in. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVIDENCE_KEPT, findAlert, loadAlert, resolveId } from "../../src/store/alerts.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { registerOutputs } from "../../src/store/outputs.ts";
import {
  alert,
  alertArbitrary,
  batch,
  bytes,
  codeOf,
  evidenceArbitrary,
  freshStore,
  known,
  opened,
  withStore,
} from "./support.ts";

describe("an alert", () => {
  it("comes back with every field, and the outbox holds it as it was", () => {
    withStore((store) => {
      let id = 0;
      fc.assert(
        fc.property(alertArbitrary, (any) => {
          const written = { ...any, id: `${++id}-${any.id}` };
          registerOutputs(store, [known(`output ${id}`)]);
          store.commit(0, () => batch({ alerts: [opened(written)] }));
          expect(loadAlert(store, written.id)).toEqual(written);
          expect(dueOutbox(store, `output ${id}`, 0, 10).map((entry) => entry.alert)).toEqual([written]);
        }),
        { numRuns: 200 },
      );
    });
  });

  it("is replaced as a whole when it is written again", () => {
    withStore((store) => {
      fc.assert(
        fc.property(alertArbitrary, alertArbitrary, (before, after) => {
          const id = before.id;
          store.commit(0, () => batch({ alerts: [opened(before), opened({ ...after, id }, { change: null })] }));
          expect(loadAlert(store, id)).toEqual({ ...after, id });
        }),
        { numRuns: 100 },
      );
    });
  });

  it("keeps the bytes of its evidence, NUL and what is no UTF-8 included", () => {
    const store = freshStore("console");
    const lines = [
      Uint8Array.from(Array.from({ length: 256 }, (_, i) => i)),
      Uint8Array.from([0x61, 0, 0x62, 0xff, 0xfe, 0xc3]),
      new Uint8Array(0),
      // A view into a larger buffer must not bring its neighbours along.
      bytes("before|inside|after").subarray(7, 13),
    ];
    const evidence = lines.map((raw, at) => ({ at, raw }));
    store.commit(0, () => batch({ alerts: [opened(alert({ evidence }))] }));
    const hex = (raw: Uint8Array) => Buffer.from(raw).toString("hex");
    for (const loaded of [loadAlert(store, alert().id), dueOutbox(store, "console", 0, 1)[0]?.alert]) {
      expect(loaded?.evidence.map(({ raw }) => hex(raw))).toEqual(lines.map(hex));
    }
    const kept = store.db.prepare("SELECT typeof(line) AS type, length(line) AS size FROM alert_evidence").all();
    expect(kept).toEqual(lines.map((raw) => ({ type: "blob", size: raw.length })));
  });

  it("follows its evidence through any series of changes", () => {
    withStore((store) => {
      fc.assert(
        fc.property(fc.array(evidenceArbitrary, { minLength: 1, maxLength: 4 }), (series) => {
          for (const evidence of series) {
            store.commit(0, () => batch({ alerts: [opened(alert({ evidence }), { change: null })] }));
            expect(loadAlert(store, alert().id)?.evidence).toEqual(evidence);
          }
        }),
        { numRuns: 100 },
      );
    });
  });

  it("takes a line of the same length and time for another when its bytes differ", () => {
    const store = freshStore();
    for (const line of ["percent 90", "percent 96"]) {
      const evidence = [{ at: 1, raw: bytes(line) }];
      store.commit(0, () => batch({ alerts: [opened(alert({ evidence }), { change: null })] }));
      expect(loadAlert(store, alert().id)?.evidence).toEqual(evidence);
    }
  });

  it("leaves evidence rows alone while the evidence is the same", () => {
    const store = freshStore();
    const commit = () => store.commit(0, () => batch({ alerts: [opened(alert(), { change: "updated" })] }));
    commit();
    store.db.exec("CREATE TEMP TRIGGER untouched BEFORE DELETE ON alert_evidence BEGIN SELECT raise(ABORT, 'no'); END");
    expect(commit).not.toThrow();
  });

  it("keeps at most 20 lines of evidence, the first ones", () => {
    const store = freshStore();
    const evidence = Array.from({ length: 25 }, (_, at) => ({ at, raw: bytes(`line ${at}`) }));
    store.commit(0, () => batch({ alerts: [opened(alert({ evidence }))] }));
    expect(loadAlert(store, alert().id)?.evidence).toEqual(evidence.slice(0, EVIDENCE_KEPT));
  });
});

describe("an alert's id", () => {
  const ids = ["aaaaaabbbbbbccccccddddddee", "aaaaaabxxxxxxxxxxxxxxxxxxx", "zzzzzzzzzzzzzzzzzzzzzzzzzz"];
  const filled = () => {
    const store = freshStore();
    store.commit(0, () => batch({ alerts: ids.map((id) => opened(alert({ id }))) }));
    return store;
  };

  it("may be cut to the first six characters where only one alert begins so", () => {
    const store = filled();
    expect(findAlert(store, "zzzzzz").id).toBe(ids[2]);
    expect(findAlert(store, "aaaaaabx").id).toBe(ids[1]);
    expect(resolveId(store, ids[0]!)).toBe(ids[0]);
  });

  it("is not found when it is unknown, too short or ambiguous, or holds wildcards", () => {
    const store = filled();
    for (const id of ["zzzzz", "", "aaaaaa", "aaaaaab", "nosuchalert", "zzzzz%%%", "zzzzz___", "ZZZZZZ"]) {
      expect(codeOf(() => findAlert(store, id))).toBe("NOT_FOUND");
    }
    expect(loadAlert(store, "zzzzzz")).toBeNull();
  });
});
