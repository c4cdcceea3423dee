/** Operator acts: whole when recorded, and picked up by a running engine. */
import { describe, expect, it } from "vitest";
import type { Act } from "../../src/model.ts";
import { type ActResult, lastActId, recordAct } from "../../src/store/acts.ts";
import { loadAlert } from "../../src/store/alerts.ts";
import { resume } from "../../src/store/commit.ts";
import { openStore } from "../../src/store/open.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { loadState } from "../../src/store/state.ts";
import { deviceTimeline } from "../../src/store/timeline.ts";
import { alert, batch, codeOf, freshStore, opened } from "./support.ts";

const close: Act = {
  at: 1_700_000_900_000,
  by: "ops",
  alert: alert().id.slice(0, 6),
  kind: "close",
  step: null,
  disposition: "false-alarm",
  note: "drill",
};
const closed = (state: string | null): ActResult => ({
  alert: alert({ status: "closed", disposition: "false-alarm", notes: [{ at: close.at, by: "ops", text: "drill" }] }),
  state: state === null ? null : JSON.stringify({ ...JSON.parse(state), closed: true }),
  due: null,
  changed: "status",
});
const filled = () => {
  const store = freshStore("console");
  const states = [{ group: "g", rule: alert().rule, version: "1", data: `{"open":true}`, due: 99 }];
  store.commit(0, () => batch({ alerts: [opened(alert(), { group: "g" })], states }));
  return store;
};

describe("an operator's act", () => {
  it("changes alert, state, history and outbox together", () => {
    const store = filled();
    const recorded = recordAct(store, close, closed);
    expect(recorded.act).toEqual({ ...close, id: 1, alert: alert().id });
    expect(loadAlert(store, alert().id)).toEqual(closed(null).alert);
    expect(loadState(store, "g")).toMatchObject({ data: `{"open":true,"closed":true}`, due: null });
    expect(dueOutbox(store, "console", 0, 9).map((entry) => [entry.change, entry.alert.status])).toEqual([
      ["opened", "open"],
      ["status", "closed"],
    ]);
    expect(deviceTimeline(store, "edge1.EXAMPLE.net").at(-1)).toMatchObject({
      kind: "alert",
      change: "close",
      status: "closed",
      by: "ops",
      note: "drill",
    });
  });

  it("leaves no trace when it cannot be applied", () => {
    const store = filled();
    const act = () =>
      recordAct(store, close, (state) => {
        closed(state);
        throw new RangeError("already closed");
      });
    expect(act).toThrow(RangeError);
    expect(loadAlert(store, alert().id)).toEqual(alert());
    expect(lastActId(store)).toBe(0);
  });

  it("on an unknown alert is not found", () => {
    expect(codeOf(() => recordAct(filled(), { ...close, alert: "nosuchalert" }, closed))).toBe("NOT_FOUND");
  });

  it("tells no output of a change that is none", () => {
    const store = filled();
    recordAct(store, { ...close, kind: "note" }, () => ({ alert: alert(), state: null, changed: null }));
    expect(dueOutbox(store, "console", 0, 9)).toHaveLength(1);
    expect(loadState(store, "g")).toMatchObject({ data: `{"open":true}`, due: 99 });
  });

  it("names its step and its note in the history", () => {
    const store = filled();
    const done: Act = { ...close, kind: "done", step: "restart-ipsec_mp", note: "by console", disposition: null };
    recordAct(store, done, () => ({ alert: alert(), state: null, changed: null }));
    expect(deviceTimeline(store, "Edge1.example.net").at(-1)).toMatchObject({ note: "restart-ipsec_mp: by console" });
  });

  it("is handed once to the engine that runs beside, before it builds its batch", () => {
    const engine = filled();
    const { lastAct } = resume(engine);
    const terminal = openStore(engine.path);
    recordAct(terminal, close, closed);
    terminal.close();
    const seen: string[] = [];
    const first = engine.commit(lastAct, (acts) => {
      seen.push(...acts.map((act) => `${act.id} ${act.kind} ${act.alert} ${act.disposition}`));
      return batch();
    });
    expect(seen).toEqual([`1 close ${alert().id} false-alarm`]);
    expect(engine.commit(first.lastAct, () => batch()).acts).toEqual([]);
  });
});
