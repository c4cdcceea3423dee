/** While a silence holds, alerts are recorded and nobody is told; what is left to tell is told once at its end. */
import { describe, expect, it } from "vitest";
import type { Alert, AlertChange } from "../../src/model.ts";
import type { Store } from "../../src/store/open.ts";
import { dueOutbox } from "../../src/store/outbox.ts";
import { addSilence, expireSilence, listSilences, type SilenceRequest } from "../../src/store/silences.ts";
import { silencedOf, tellSilenced } from "../../src/store/tell.ts";
import { deviceTimeline } from "../../src/store/timeline.ts";
import { alert, batch, codeOf, freshStore, opened } from "./support.ts";

const act = { at: 5, by: "noc" };
const request: SilenceRequest = { devices: [], rules: [], from: 100, until: 200, comment: "upgrade" };
const change = (store: Store, at: number, what: AlertChange, parts: Partial<Alert> = {}) =>
  store.commit(0, () => batch({ alerts: [opened(alert(parts), { at, change: what })] }));
const told = (store: Store) =>
  dueOutbox(store, "console", 0, 99).map((entry) => `${entry.change} ${entry.alert.status}`);

describe("a silence", () => {
  it.each([
    ["an alert of its time", {}, 100, true],
    ["an alert before it", {}, 99, false],
    ["an alert at its end", {}, 200, false],
    ["its device, in any case", { devices: ["EDGE1.example.NET"] }, 150, true],
    ["another device", { devices: ["edge2"] }, 150, false],
    ["its rule on one of its devices", { devices: ["x", "edge1.example.net"], rules: [alert().rule] }, 150, true],
    ["another rule on its device", { devices: ["edge1.example.net"], rules: ["other"] }, 150, false],
  ])("keeps back %s or not", (_, parts, at, silenced) => {
    const store = freshStore("console");
    addSilence(store, { ...request, ...parts }, act);
    change(store, at, "opened");
    expect(told(store)).toEqual(silenced ? [] : ["opened open"]);
    expect(silencedOf(store, alert().id)).toEqual(
      silenced
        ? [{ at, change: "opened", silence: 1, comment: "upgrade", by: "noc", until: 200, endedAt: null, told: null }]
        : [],
    );
    const [moment] = deviceTimeline(store, alert().device).filter((one) => one.kind === "alert");
    expect(moment).toMatchObject({ change: "opened", note: silenced ? "silence 1: upgrade" : null });
  });

  it("keeps who asked for it and when, and who ended it and when", () => {
    const store = freshStore();
    addSilence(store, { ...request, devices: ["Edge1"] }, act);
    expect(expireSilence(store, 1, { at: 150, by: "ben" })).toEqual({
      ...request,
      devices: ["edge1"],
      id: 1,
      createdAt: 5,
      createdBy: "noc",
      expiredAt: 150,
      expiredBy: "ben",
    });
    expect(listSilences(store, 151)).toEqual([]);
    expect(listSilences(store, null)).toHaveLength(1);
    expect(codeOf(() => expireSilence(store, 1, act))).toBe("NOT_FOUND");
    expect(codeOf(() => expireSilence(store, 2, act))).toBe("NOT_FOUND");
  });
});

describe("the end of a silence", () => {
  /** Opens an alert before the silence where asked, then changes it in the silence. */
  function silencedStory(before: boolean, ...changes: [AlertChange, Alert["status"]][]): Store {
    const store = freshStore("console");
    addSilence(store, request, act);
    if (before) change(store, 50, "opened");
    for (const [i, [what, status]] of changes.entries()) change(store, 110 + i, what, { status });
    return store;
  }

  it.each<[string, boolean, [AlertChange, Alert["status"]][], string[]]>([
    ["an alert that opened in it and waits", false, [["opened", "open"]], ["opened open"]],
    ["it once, as it is now", false, [["opened", "open"], ["raised", "open"], ["status", "recovering"]], ["opened recovering"]], // biome-ignore format: a table
    ["nothing of what opened and was over in it", false, [["opened", "open"], ["status", "resolved"]], []], // biome-ignore format: a table
    ["the end of what was told before it", true, [["status", "recovering"], ["status", "resolved"]], ["opened open", "status resolved"]], // biome-ignore format: a table
    ["that what was told before it was raised", true, [["raised", "open"], ["reminded", "open"]], ["opened open", "raised open"]], // biome-ignore format: a table
    ["that it recurs", true, [["status", "recurring"]], ["opened open", "status recurring"]],
  ])("tells %s", (_, before, changes, expected) => {
    const store = silencedStory(before, ...changes);
    expect(tellSilenced(store, 199)).toBe(0);
    const early = before ? 1 : 0;
    expect(told(store)).toHaveLength(early);
    expect(tellSilenced(store, 200)).toBe(expected.length - early);
    expect(tellSilenced(store, 201)).toBe(0);
    expect(told(store)).toEqual(expected);
    expect(silencedOf(store, alert().id).map(({ endedAt }) => endedAt)).toEqual(changes.map(() => 200));
  });

  it("waits for every silence that holds for the alert", () => {
    const store = silencedStory(false, ["opened", "open"]);
    addSilence(store, { ...request, rules: [alert().rule], until: 300 }, act);
    expect(tellSilenced(store, 200)).toBe(0);
    expireSilence(store, 2, { at: 210, by: "ben" });
    expect(tellSilenced(store, 210)).toBe(1);
    expect(told(store)).toEqual(["opened open"]);
  });

  it("comes early when somebody ends it", () => {
    const store = silencedStory(false, ["opened", "open"]);
    expireSilence(store, 1, { at: 120, by: "ben" });
    expect(tellSilenced(store, 120)).toBe(1);
    expect(silencedOf(store, alert().id)).toMatchObject([{ until: 120, endedAt: 120, told: "opened" }]);
  });
});
