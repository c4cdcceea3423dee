/** What is counted of everything that was not judged. */
import { expect, test } from "vitest";
import type { Frame } from "../../src/model.ts";
import { countLoss, refusedBy } from "../../src/run/losses.ts";
import type { Losses } from "../../src/run/messages.ts";
import type { Source, SourceStats } from "../../src/source/source.ts";

function frame(transport: Frame["transport"], length: number): Frame {
  return { raw: new Uint8Array(length), from: "192.0.2.1", transport, at: 0, flags: [], line: 0 };
}

function sourceWith(stats: Partial<SourceStats>): Source {
  return { stats: () => ({ received: 0, bytes: 0, truncated: 0, ...stats }) } as Source;
}

test("messages that were shed are counted by reason and transport", () => {
  const losses: Losses = [];
  countLoss(losses, "shed", "udp", frame("udp", 10));
  countLoss(losses, "shed", "rate", frame("udp", 20));
  countLoss(losses, "shed", "rate", frame("tcp", 30));
  countLoss(losses, "shed", "rate", frame("udp", 40));
  countLoss(losses, "denied", "denied", frame("udp", 50));
  expect(losses).toEqual([
    { outcome: "shed", reason: "udp", transport: "udp", frames: 1, bytes: 10 },
    { outcome: "shed", reason: "rate", transport: "udp", frames: 2, bytes: 60 },
    { outcome: "shed", reason: "rate", transport: "tcp", frames: 1, bytes: 30 },
    { outcome: "denied", reason: "denied", transport: "udp", frames: 1, bytes: 50 },
  ]);
});

test("connections and lost tails are summed over all listeners", () => {
  const sources = [
    sourceWith({ truncated: 2 }),
    sourceWith({ refused: { "too-many": 1, idle: 2 } }),
    sourceWith({ truncated: 1, refused: { idle: 3 } }),
    sourceWith({}),
  ];
  expect(refusedBy(sources)).toEqual({
    total: 9,
    counts: { tails: 3, "connections.too-many": 1, "connections.idle": 5 },
  });
});
