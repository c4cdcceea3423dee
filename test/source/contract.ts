/** The promises that every source keeps, run against each of them. */
import { expect, test } from "vitest";
import type { TelltaleError } from "../../src/error.ts";
import type { Frame, Transport } from "../../src/model.ts";
import type { Source } from "../../src/source/source.ts";

/** How the suite drives one kind of source. */
export interface Subject {
  name: string;
  transport: Transport;
  /** Who the frames are from. */
  from: string;
  /** A source that will deliver these messages, started or not; `send` is called once it is started. */
  make(messages: readonly Uint8Array[]): Promise<{ source: Source; send: () => Promise<void> }>;
  /** A second source on the address of a started one; listeners only. */
  rival?: (address: string) => Source;
  /** True for the driver whose bytes pass through text. */
  decodes?: boolean;
}

/** Frames as they come, and a way to wait for a number of them. */
export function collect(): {
  frames: Frame[];
  deliver: (frame: Frame) => void;
  reached: (count: number) => Promise<void>;
} {
  const frames: Frame[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  return {
    frames,
    deliver: (frame) => {
      frames.push(frame);
      for (const wait of waiting) if (frames.length >= wait.count) wait.resolve();
    },
    reached: (count) =>
      frames.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
  };
}

const encoder = new TextEncoder();
const MESSAGES = [
  "<189>35: *Mar  1 00:00:09.123: %SYS-5-CONFIG_I: Configured from console by console",
  "",
  "<186>4857: core-1 RP/0/RSP0/CPU0:Feb 21 2020 10:00:00.000 UTC: pakwatch[235]: %PKT_INFRA-PAKWATCH-2-DEPLETION_CATASTROPHIC : Depletion level 97 percent for resource PAK FSV ",
  "<189>36: *Mar  1 00:00:10.123: %LINK-3-UPDOWN: Interface Gi0/1 \u3042, changed state to up",
].map((text) => encoder.encode(text));

/** Declares the suite for one source. */
export function sourceContract(subject: Subject): void {
  test(`${subject.name} delivers the bytes of every message in order, an empty one too`, async () => {
    const { source, send } = await subject.make(MESSAGES);
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send();
    await reached(MESSAGES.length);
    await source.stop();
    expect(frames.map((frame) => Buffer.from(frame.raw).toString("latin1"))).toEqual(
      MESSAGES.map((bytes) => Buffer.from(bytes).toString("latin1")),
    );
    expect(source.stats()).toMatchObject({ received: MESSAGES.length, truncated: 0 });
  });

  test(`${subject.name} says who sent a message, how it came and when`, async () => {
    const before = Date.now();
    const { source, send } = await subject.make(MESSAGES.slice(0, 1));
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send();
    await reached(1);
    await source.stop();
    const frame = frames[0]!;
    expect(frame).toMatchObject({ from: subject.from, transport: subject.transport, flags: [] });
    if (subject.transport === "file") expect(frame).toMatchObject({ at: null, line: 1 });
    else {
      expect(frame.line).toBe(0);
      expect(frame.at).toBeGreaterThanOrEqual(before);
      expect(frame.at).toBeLessThanOrEqual(Date.now());
    }
  });

  test(`${subject.name} ${subject.decodes ? "replaces" : "keeps"} bytes that are not UTF-8`, async () => {
    const raw = Uint8Array.from([...encoder.encode("<189>1: caf"), 0xe9, 0x80, 0xff, 0x20, 0x7f]);
    const { source, send } = await subject.make([raw]);
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send();
    await reached(1);
    await source.stop();
    const kept = subject.decodes ? encoder.encode(new TextDecoder().decode(raw)) : raw;
    expect([...frames[0]!.raw]).toEqual([...kept]);
  });

  test(`${subject.name} truncates a message over 8,192 bytes and says so`, async () => {
    const long = new Uint8Array(9000).fill(0x78);
    long.set(encoder.encode("<189>1: "));
    const { source, send } = await subject.make([long, MESSAGES[0]!]);
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send();
    await reached(2);
    await source.stop();
    expect(frames.map((frame) => [frame.raw.length, frame.flags])).toEqual([
      [8192, ["truncated"]],
      [MESSAGES[0]!.length, []],
    ]);
    expect(source.stats().truncated).toBe(1);
  });

  test(`${subject.name} stops twice without complaint, finishes, and delivers nothing more`, async () => {
    const { source, send } = await subject.make(MESSAGES);
    const { frames, deliver, reached } = collect();
    await source.start(deliver);
    await send();
    await reached(MESSAGES.length);
    await Promise.all([source.stop(), source.stop()]);
    await source.finished;
    const count = frames.length;
    await send().catch(() => {});
    await new Promise((resolve) => setImmediate(resolve));
    expect(frames.length).toBe(count);
  });

  const { rival } = subject;
  if (rival === undefined) return;

  test(`${subject.name} fails within a second on a busy port, and gets it once it is free`, async () => {
    const { source } = await subject.make([]);
    await source.start(() => {});
    const second = rival(source.address);
    const began = performance.now();
    const error = await second
      .start(() => {})
      .then(
        () => null,
        (reason: TelltaleError) => reason,
      );
    expect(error).toMatchObject({ code: "ADDRESS_IN_USE", exitCode: 69 });
    expect(error?.message).toContain(source.address);
    expect(performance.now() - began).toBeLessThan(1000);
    await source.stop();
    const third = rival(source.address);
    await third.start(() => {});
    expect(third.address).toBe(source.address);
    await third.stop();
  });
}
