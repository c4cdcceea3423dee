/** The HTTP listener on real sockets: what is answered, to whom, and what a client that misbehaves gets. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:https";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Answers } from "../../src/web/app.ts";
import { single } from "../../src/web/metrics.ts";
import { startWeb, type WebOptions, type WebServer } from "../../src/web/server.ts";

const servers: WebServer[] = [];
const folders: string[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function start(answers: Partial<Answers> = {}, options: Partial<WebOptions> = {}): Promise<WebServer> {
  const all: Answers = {
    alive: () => [{ name: "engine", problem: null }],
    ready: () => [{ name: "engine", problem: null }],
    metrics: () => [single("up", "gauge", "Up.", 1)],
    ...answers,
  };
  const server = await startWeb({ host: "127.0.0.1", port: 0, token: null, tls: null, ...options }, all);
  servers.push(server);
  return server;
}

/** A key and a certificate of its own for 127.0.0.1. */
function certificate(): { cert: string; key: string } {
  const folder = mkdtempSync(join(tmpdir(), "telltale-web-"));
  folders.push(folder);
  const args = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const files = ["-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")];
  const name = ["-subj", "/CN=telltale", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", [...args, ...files, ...name], { stdio: "pipe" });
  const read = (file: string) => readFileSync(join(folder, file), "utf8");
  return { cert: read("cert.pem"), key: read("key.pem") };
}

describe("the health endpoint", () => {
  it("says that all is well, or with 503 what is not", async () => {
    let problem: string | null = null;
    const { address } = await start({ ready: () => [{ name: "storage", problem }] });
    const well = await fetch(`${address}/readyz`);
    expect([well.status, await well.json()]).toEqual([200, { status: "ok", checks: { storage: "ok" } }]);
    problem = "the disk is full";
    const ill = await fetch(`${address}/readyz`);
    expect([ill.status, await ill.json()]).toEqual([503, { status: "failing", checks: { storage: problem } }]);
    expect((await fetch(`${address}/healthz`)).status).toBe(200);
  });

  it("gives metrics in the text format, not to be kept by anyone", async () => {
    const { address } = await start();
    const got = await fetch(`${address}/metrics`);
    expect(got.headers.get("content-type")).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(got.headers.get("cache-control")).toBe("no-store");
    expect(await got.text()).toContain("\nup 1\n");
  });

  it("has nothing else, and takes nothing in", async () => {
    const { address } = await start();
    for (const path of ["/", "/metrics/", "/healthz/../etc/passwd", "/%2e%2e/", `/${"x".repeat(4_000)}`])
      expect((await fetch(address + path)).status).toBe(404);
    for (const method of ["POST", "PUT", "DELETE"])
      expect((await fetch(`${address}/metrics`, { method, body: "{" })).status).toBe(404);
  });

  it("tells nothing without the token, whatever is asked for", async () => {
    const { address } = await start({}, { token: "open sesame" });
    const status = async (path: string, authorization?: string) =>
      (await fetch(address + path, authorization === undefined ? {} : { headers: { authorization } })).status;
    for (const wrong of [undefined, "", "Bearer", "Bearer open", "Bearer open sesame!", "Basic open sesame"])
      for (const path of ["/metrics", "/healthz", "/nowhere"]) expect(await status(path, wrong)).toBe(401);
    expect(await status("/metrics", "Bearer open sesame")).toBe(200);
  });

  it("answers over TLS, and to nobody in plain text", async () => {
    const tls = certificate();
    const { address } = await start({}, { tls });
    const status = await new Promise((resolve, reject) => {
      request(`${address}/healthz`, { ca: tls.cert }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .once("error", reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(fetch(address.replace("https", "http"))).rejects.toThrow();
    expect(
      await new Promise((resolve) => {
        const old = request(`${address}/healthz`, {
          ca: tls.cert,
          ciphers: "DEFAULT@SECLEVEL=0",
          maxVersion: "TLSv1.1",
          minVersion: "TLSv1",
        });
        old.once("error", (error: NodeJS.ErrnoException) => resolve(error.message)).end();
      }),
    ).toMatch(/alert protocol version/);
  });

  it("refuses a key that does not fit", async () => {
    const tls = { cert: certificate().cert, key: certificate().key };
    await expect(start({}, { tls })).rejects.toMatchObject({ code: "CONFIG_INVALID" });
  });

  it("lives on when clients break off, send rubbish, or fill the connections", async () => {
    const { address } = await start();
    const port = Number(new URL(address).port);
    const closed = (bytes: string) =>
      new Promise<string>((resolve) => {
        let got = "";
        const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
        socket.on("data", (chunk) => {
          got += chunk;
        });
        socket.once("error", () => {});
        socket.once("close", () => resolve(got));
      });
    for (const rubbish of [
      "\0\0\0\0",
      "GET /metrics HTTP/9.9\r\n\r\n",
      `GET / HTTP/1.1\r\nX: ${"y".repeat(20_000)}\r\n\r\n`,
    ])
      expect(await closed(rubbish)).not.toContain("200 OK");
    const silent = Array.from({ length: 64 }, () => connect(port, "127.0.0.1"));
    await Promise.all(silent.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
    expect(await closed("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")).toBe("");
    for (const socket of silent) socket.destroy();
    // A freed place is taken at once.
    for (;;) {
      const again = await fetch(`${address}/healthz`).catch(() => null);
      if (again?.status === 200) break;
    }
  });
});
