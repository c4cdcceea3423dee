/** What judgement remembers between messages: plain data that goes into SQLite and comes back unchanged. */
import type {
  Alert,
  Confidence,
  DeviceFacts,
  DeviceSettings,
  Dialect,
  Exposure,
  Level,
  Millis,
  Status,
} from "../model.ts";
import type { Captures, CompiledRule } from "../rule/compiled.ts";
import type { Claim, Conflict } from "./claim.ts";
import type { CollectorState } from "./collector.ts";
import type { DeviceMap } from "./device-map.ts";
import type { Doubt } from "./doubt.ts";
import type { Operations } from "./observe.ts";
import type { Watch } from "./watch.ts";

/** A raw line kept as evidence; base64 so that state is JSON. */
export interface KeptLine {
  at: Millis;
  raw: string;
}

/** One member of a block: which signal, its captures, its message counter. */
export interface Member {
  signal: string;
  captures: Captures;
  counter: number | null;
  line: KeptLine;
}

export interface BlockState {
  /** `at` of the earliest member. */
  start: Millis;
  /** When it is judged at the latest. */
  due: Millis;
  /** What sets it apart from other blocks of its group (a resource), once a line has said so. */
  subject: string | null;
  members: Member[];
  /** Extra reports that a `last message repeated` line stands for. */
  repeats: number;
  capped: boolean;
  dialect: string;
}

/** One verdict with what it was based on. */
export interface Judgement {
  verdict: string;
  level: Level;
  confidence: Confidence;
  details: Record<string, string | number | boolean | null>;
  /** Indexes of the rule's caveats that hold. */
  caveats: number[];
  split: boolean;
  /** Doubts about the evidence itself. */
  doubts?: Doubt[];
}

export interface StepMark {
  at: Millis;
  by: string;
  line: string | null;
  /** Where the router says it was done, when that is not the alert's node. */
  elsewhere: string | null;
  /** The address that told of it, when another one used the router's name first. */
  from?: string;
}

/** One router that shows the trouble of a fleet, for one run of reports or for a whole alert. */
export interface FleetMember {
  key: string;
  name: string;
  first: Millis;
  last: Millis;
  clock: string;
  /** The line at `first`; null for all but those that were first. */
  line: KeptLine | null;
  /** Ids of the router's own alerts, the newest last. */
  alerts: string[];
}

/** The routers of a fleet's alert. */
export interface FleetState {
  /** By key. */
  members: FleetMember[];
  /** How many there were when the outputs were told last. */
  told: number;
  /** Whether the routers' alerts of before it opened were linked with it. */
  linked: boolean;
}

/** An episode: everything of an alert that is not rendered from the rule. */
export interface Episode extends Pick<Alert, "address" | "acknowledged" | "disposition" | "notes"> {
  id: string;
  start: Millis;
  status: Status;
  judgement: Judgement;
  count: number;
  lastReport: Millis;
  lastStep: Millis | null;
  resolvedAt: Millis | null;
  quietSince: Millis | null;
  steps: Record<string, StepMark>;
  /** Step ids in the order in which they were seen. */
  stepOrder: string[];
  /** Whether the outputs were reminded that recovery stopped half done. */
  reminded: boolean;
  /** Ids of the fleet's alerts that this one is part of. */
  related: string[];
  /** Only of a fleet's alert. */
  fleet?: FleetState;
  evidence: { first: KeptLine[]; strongest: KeptLine[]; last: KeptLine[] };
  /** Whether all its evidence and steps came with the router's certificate. */
  proved?: boolean;
}

export type TimerKind = "block" | "absence" | "resolve" | "quiet" | "remind" | "expire";

/** One rule on one device (and node). */
export interface GroupState {
  rule: string;
  version: string;
  device: string;
  deviceKey: string;
  node: string | null;
  /** The address that it is about, where several claim the device's name. */
  lane?: string | null;
  clock: string;
  /** Values of `group-by` beyond device and node; only where the rule has some. */
  by?: string[];
  /** Times of each signal, ascending, as many as the rule can need. */
  windows: Record<string, Millis[]>;
  /** Values that a `value_count` has seen, each with its last time, the newest at the end; only where a rule counts. */
  values?: Record<string, [value: string, at: Millis][]>;
  /** The block that lines belong to which do not say whose they are. */
  block: BlockState | null;
  /** Other open blocks, the one that was left last at the end; none where `block` is null. */
  parked: BlockState[];
  /** When the last block was judged: a straggler of it opens no new one. */
  closed: { at: Millis } | null;
  absences: { name: string; due: Millis; at: Millis; line: KeptLine }[];
  /** Socket or relay address of the last block or report. */
  address: string | null;
  /** Since when every message of it came with the router's certificate. */
  provedSince?: Millis;
  episode: Episode | null;
  /** Only while something is remembered: its line, by signal, and the line that took it back where it is kept even so. */
  remembered?: Record<string, KeptLine>;
  takenBack?: Record<string, KeptLine>;
  /** Lines that raised nothing so far, with the signals that they are; only while a window holds them. */
  prior?: { names: string[]; line: KeptLine }[];
  /** Only where the group stands for all routers of a rule: runs of reports that are in no alert. */
  seen?: FleetMember[];
  timers: Partial<Record<TimerKind, Millis>>;
}

/** What the last message of a device stood for, so that `last message repeated N times` can add to it. */
export interface LastSignal {
  rule: string;
  group: string;
  signals: string[];
  captures: Captures;
}

export interface GapState {
  high: number | null;
  /** A counter far from all others, until the next one tells whether it was true. */
  doubted?: number | null;
  /** Counters not seen below `high`, ascending, the newest 256. */
  missing: number[];
}

export interface DeviceState {
  key: string;
  facts: DeviceFacts;
  exposures: Record<string, Exposure>;
  gap: GapState;
  /** Whether the counter of the last message followed on from those before. */
  follows: boolean;
  /** Fingerprints of recent messages with their times and their addresses (places in `claims`), for duplicates. */
  recent: {
    /** Print, time and address of one, then of another. */
    prints: number[];
    /** Where the next one goes: behind the newest. */
    next: number;
  };
  /** Addresses that use its name, and whether two of them do so at once. */
  claims: Claim[];
  conflict: Conflict | null;
  /** Nodes heard first, and how many groups may still give way to others. */
  nodes: string[];
  spare: { left: number; at: Millis } | null;
  last: LastSignal[];
  /** Which message that was: one that waited for its lines is judged after later ones. */
  lastOf: { at: Millis; counter: number | null } | null;
  /** Where it was last heard: socket address (or file) and relay host field. */
  hop: string;
  /** The XE hints or banner that say what system runs here. */
  osFrom: "banner" | "header" | null;
  /** Another system that messages seem to be of, and how many in a row. */
  otherOs: { os: Dialect; count: number } | null;
  /** What operators say of it; from the device map, not from its row. */
  settings: DeviceSettings | null;
  /** Set where this is not the router but an unexpected address that uses its name. */
  apart: string | null;
  /** What its messages show of themselves; null while there is nothing to remember. */
  watch: Watch | null;
  /** Whether it was heard since it was last looked at as one that might leave memory; and whether it left. */
  heard: boolean;
  left: boolean;
  /** Whether it is among those that must be saved. */
  dirty: boolean;
  /** Where its newest lines are, unless another device is there by now. */
  ring: number;
}

/** Groups by their key, and devices by theirs; `dirty…` names what must be saved. */
export interface DetectState {
  rules: CompiledRule[];
  groups: Map<string, GroupState>;
  /** Keys of the groups of one device. */
  groupsByDevice: Map<string, Set<string>>;
  devices: Map<string, DeviceState>;
  /** Devices that said next to nothing when they were last looked at, the oldest first: others stay before them. */
  passing: Set<string>;
  /** Keys of the groups that remember something for long, and of those with `prior`, the one renewed longest ago first. */
  memories: Set<string>;
  priors: Set<string>;
  /** Devices by the hop on which they were heard, a few each. */
  hops: Map<string, string[]>;
  /** How often that memory started again. */
  hopRounds: number;
  map: DeviceMap;
  collector: CollectorState;
  /** The machine that listens, as the subject of alerts about itself. */
  self: DeviceState;
  /** What is observed of the routers' logging; null: nothing. */
  operations: Operations | null;
  dirtyGroups: Set<string>;
  dropped: Set<string>;
  dirtyDevices: Set<string>;
  maxDevices: number;
  /** A device that was known and forgotten, from where it was put. */
  recall: ((key: string) => DeviceState | null) | null;
  /** Told of each device that leaves memory. */
  evicted: (key: string, device: DeviceState) => void;
}
