/** A runtime that nobody mends any more is told of at the start. */
import { expect, test } from "vitest";
import { nodeNotice } from "../../src/cli/node-release.ts";

test.each([
  ["20.20.2", "2026-04-30", null],
  ["20.20.2", "2026-05-01", "Node 20 gets no more security updates since 2026-04-30"],
  ["21.0.0", "2026-01-01", "Node 21"],
  ["22.12.0", "2026-11-27", null],
  ["99.0.0", "2099-01-01", null],
])("Node %s on %s", (version, day, said) => {
  const notice = nodeNotice(version, new Date(`${day}T12:00:00Z`));
  if (said === null) expect(notice).toBeNull();
  else expect(notice).toContain(said);
});
