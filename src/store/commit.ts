/** The engine's one way to write: everything of a batch or nothing, alerts together with their outbox rows. */
import { failpoint } from "../failpoint.ts";
import type { Alert, AlertChange, DeviceSettings, Evidence, Millis } from "../model.ts";
import { actsAfter, lastActId, type RecordedAct } from "./acts.ts";
import { addHistory, writeAlert } from "./alerts.ts";
import { type Connection, read, write } from "./connection.ts";
import { writeContext } from "./context.ts";
import { readCounters, writeCounters } from "./counters.ts";
import { lastSettingsSeq, loadDeviceSettings } from "./device-settings.ts";
import {
  addDeviceEvents,
  type DeviceEvent,
  type DeviceUpdate,
  loadDevices,
  type StoredDevice,
  writeDevices,
} from "./devices.ts";
import { type AlertMoment, addLevelMove, loadLevel, momentOf } from "./history.ts";
import { dropStates, loadStates, type StateRow, writeStates } from "./state.ts";
import { tell } from "./tell.ts";
import { addUnparsed, type Unparsed } from "./unparsed.ts";

/** One alert of a batch. */
export interface AlertWrite {
  alert: Alert;
  /** The state group that the alert belongs to. */
  group: string;
  /** `opened`, `raised` and `status` go to the history and to every output; `updated` and null to neither. */
  change: AlertChange | null;
  at: Millis;
  /** The device's lines before the alert, when it opens. */
  context?: readonly Evidence[];
  /** What became of it until now, where `change` alone does not say it: an alert of a capture. */
  history?: readonly AlertMoment[];
}

/** What the engine wants kept. */
export interface CommitBatch {
  devices: readonly DeviceUpdate[];
  deviceEvents: readonly DeviceEvent[];
  states: readonly StateRow[];
  /** Groups whose state is over; dropped before `states` is written. */
  dropStates: readonly string[];
  alerts: readonly AlertWrite[];
  /** Whether the outputs are to hear of changes. */
  tell: boolean;
  /** Absolute values. */
  counters: Readonly<Record<string, number>>;
  unparsed: readonly Unparsed[];
}

/** A batch that writes nothing. */
export const EMPTY_BATCH: CommitBatch = {
  devices: [],
  deviceEvents: [],
  states: [],
  dropStates: [],
  alerts: [],
  tell: false,
  counters: {},
  unparsed: [],
};

/** What a commit took in and put out. */
export interface Committed {
  /** The operator acts handed to `build`: already in the database, with their history and outbox rows. */
  acts: RecordedAct[];
  /** To be given to the next commit. */
  lastAct: number;
  /** Outbox rows written. */
  queued: number;
}

/** What an engine needs to go on where the last one stopped. */
export interface Resumed {
  /** The database that it comes from. */
  path: string;
  states: StateRow[];
  devices: StoredDevice[];
  counters: Record<string, number>;
  /** To be given to the first commit. */
  lastAct: number;
  settings: DeviceSettings[];
  /** The newest change among `settings`. */
  lastSettings: number;
}

/** See `Store.commit`. */
export function commitBatch(
  connection: Connection,
  lastAct: number,
  build: (acts: RecordedAct[]) => CommitBatch,
): Committed {
  return write(connection, () => {
    const acts = actsAfter(connection, lastAct);
    const batch = build(acts);
    writeDevices(connection, batch.devices);
    addDeviceEvents(connection, batch.deviceEvents);
    dropStates(connection, batch.dropStates);
    writeStates(connection, batch.states);
    let queued = 0;
    for (const item of batch.alerts) queued += commitAlert(connection, item, batch.tell);
    writeCounters(connection, batch.counters);
    addUnparsed(connection, batch.unparsed);
    failpoint("commit.end");
    return { acts, lastAct: acts.at(-1)?.id ?? lastAct, queued };
  });
}

/** Reads state, devices, counters and the last act on one view, so that no act falls between them. */
export function resume(connection: Connection): Resumed {
  return read(connection, () => ({
    path: connection.path,
    states: loadStates(connection),
    devices: loadDevices(connection),
    counters: readCounters(connection),
    lastAct: lastActId(connection),
    settings: loadDeviceSettings(connection),
    lastSettings: lastSettingsSeq(connection),
  }));
}

function commitAlert(connection: Connection, item: AlertWrite, isTold: boolean): number {
  const { alert, group, change, at, history } = item;
  const before = change === "updated" ? loadLevel(connection, alert.id) : null;
  writeAlert(connection, alert, group);
  if (item.context !== undefined) writeContext(connection, alert.id, item.context);
  if (before !== null && before !== alert.level) addLevelMove(connection, alert, before, at);
  if (change === null || change === "updated") return 0;
  const told = isTold ? tell(connection, alert, change, at) : { queued: 0, silence: null };
  const silence = told.silence === null ? null : `silence ${told.silence.id}: ${told.silence.comment}`;
  for (const moment of history ?? [momentOf(alert, change, at)]) {
    const note = silence ?? moment.note;
    addHistory(connection, { ...alert, ...moment }, { at: moment.at, change: moment.change, note, by: null });
  }
  failpoint("commit.alert");
  return told.queued;
}
