/** Health and metrics of a running listener: what a supervisor and Prometheus see. */
import { execFileSync, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Listening, startListener, telltale } from "../support/cli.ts";
import { packetMemory } from "../support/lines.ts";

let folder = "";
let listener: Listening | null = null;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "telltale-health-"));
});
afterEach(async () => {
  if (listener !== null && listener.child.exitCode === null) await listener.stop("SIGKILL");
  listener = null;
  rmSync(folder, { recursive: true, force: true });
});

/** A listener with health on a free port, and where that is. */
async function start(): Promise<string> {
  listener = await startListener([
    "--json",
    "--db",
    join(folder, "t.db"),
    "--udp",
    "127.0.0.1:0",
    "--http",
    "127.0.0.1:0",
  ]);
  return /http:\/\/127\.0\.0\.1:\d+/.exec(listener.stderr())![0];
}

async function metrics(address: string): Promise<string> {
  return (await fetch(`${address}/metrics`)).text();
}

/** The sample with this name and these labels. */
function sample(text: string, name: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}

async function send(lines: string[]): Promise<void> {
  const socket = createSocket("udp4");
  const { port } = listener!.addresses[0]!;
  for (const line of lines) await new Promise((resolve) => socket.send(line, Number(port), "127.0.0.1", resolve));
  socket.close();
}

describe("a listener with --http", () => {
  test("lives, is ready, and counts the same as stats", async () => {
    const address = await start();
    await send([...packetMemory(), "", "not a message of a router"]);
    await listener!.line((line) => line.change === "opened");
    let text = "";
    do text = await metrics(address);
    while (sample(text, 'telltale_events_received_total{transport="udp"}') !== packetMemory().length + 2);
    const outcomes = [...text.matchAll(/^telltale_events_total\{outcome="\w+"\} (\d+)$/gm)].map(([, n]) => Number(n));
    expect(outcomes.reduce((a, b) => a + b)).toBe(packetMemory().length + 2);
    expect(sample(text, 'telltale_alerts_total{rule="packet-memory-exhausted",severity="critical"}')).toBe(1);
    expect(sample(text, "telltale_alerts_active")).toBe(1);
    expect(sample(text, "telltale_storage_degraded")).toBe(0);
    expect(sample(text, "telltale_config_last_reload_successful")).toBe(1);
    for (const path of ["/healthz", "/readyz"]) expect((await fetch(address + path)).status).toBe(200);
    expect(await listener!.stop()).toBe(0);
    const stats = JSON.parse((await telltale(["stats", "--json", "--db", join(folder, "t.db")])).stdout);
    expect(stats.opened).toEqual({ "packet-memory-exhausted critical": 1 });
    await expect(fetch(`${address}/healthz`)).rejects.toThrow();
  }, 60_000);

  test.skipIf(spawnSync("promtool", ["--version"]).error !== undefined)(
    "gives metrics that promtool finds nothing wrong with (skipped without promtool, of Debian's prometheus)",
    async () => {
      const address = await start();
      await send(packetMemory());
      await listener!.line((line) => line.change === "opened");
      let text = "";
      do text = await metrics(address);
      while (!text.includes("telltale_alerts_total{"));
      expect(execFileSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8", stdio: "pipe" })).toBe("");
    },
    60_000,
  );

  test.each([
    ["an address that others reach", { address: "0.0.0.0:0" }, "would tell everybody"],
    ["all addresses", { address: "'*:0'" }, "would tell everybody"],
    ["a token without TLS", { address: "0.0.0.0:0", tokenFile: "secret" }, "would tell everybody"],
    ["a token that everybody may read", { address: "127.0.0.1:0", tokenFile: "open" }, "everybody may read"],
    ["a token that is not there", { address: "127.0.0.1:0", tokenFile: "nowhere" }, "cannot be read"],
    ["no address", { address: "1.2.3:9" }, "cannot listen on"],
  ])("refuses %s", async (_, http: Record<string, string>, problem) => {
    for (const [name, mode] of [
      ["secret", 0o600],
      ["open", 0o644],
    ] as const) {
      writeFileSync(join(folder, name), "s3cret-t0ken");
      chmodSync(join(folder, name), mode);
    }
    const config = join(folder, "config.yaml");
    const token = http.tokenFile === undefined ? "" : `, tokenFile: ${join(folder, http.tokenFile)}`;
    writeFileSync(config, `db: ${join(folder, "t.db")}\nhttp: { address: ${http.address}${token} }\n`);
    const { code, stderr } = await telltale(["listen", "--config", config]);
    expect([64, 77, 78]).toContain(code);
    expect(stderr).toContain(problem);
    expect(stderr).not.toContain("s3cret-t0ken");
  });

  test("says which port is taken, with 69", async () => {
    const address = await start();
    const args = ["--udp", "127.0.0.1:0", "--http", new URL(address).host];
    const second = await telltale(["listen", "--db", join(folder, "b.db"), ...args]);
    expect(second.code).toBe(69);
    expect(second.stderr).toContain(address);
  });
});
