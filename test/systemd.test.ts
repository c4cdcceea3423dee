/** The units of contrib/systemd: sound, hardened, and handing over what the listener takes. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { takeSockets } from "../src/cli/activation.ts";
import { ROOT } from "./support/cli.ts";

const units = join(ROOT, "contrib/systemd");
const read = (unit: string) => readFileSync(join(units, unit), "utf8");
const analyze = (...args: string[]) => spawnSync("systemd-analyze", args, { encoding: "utf8" });
const isThere = analyze("--version").status === 0;
if (!isThere) process.stderr.write("systemd-analyze is not installed: its tests of contrib/systemd are skipped.\n");
const folder = mkdtempSync(join(tmpdir(), "telltale-units-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the units for systemd", () => {
  test.runIf(isThere)("score at most 2.0 in what they leave open", () => {
    const { status, stdout } = analyze("security", "--offline=true", "--threshold=20", join(units, "telltale.service"));
    expect(stdout).toMatch(/Overall exposure level for telltale\.service: [01]\.\d OK|: 2\.0 OK/);
    expect(status).toBe(0);
  });

  test.runIf(isThere)("are such as systemd reads without complaint", () => {
    for (const unit of readdirSync(units)) copyFileSync(join(units, unit), join(folder, unit));
    // Only where the program lies is not known here.
    const service = read("telltale.service").replace("ExecStart=telltale ", `ExecStart=${process.execPath} telltale `);
    writeFileSync(join(folder, "telltale.service"), service);
    const { status, stderr } = analyze("verify", ...readdirSync(folder).map((unit) => join(folder, unit)));
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });

  test("ask for no other right than to bind low ports", () => {
    const rights = [...read("telltale.service").matchAll(/^(?:Ambient\w+|CapabilityBoundingSet)=(.*)$/gm)];
    expect(rights.map(([, right]) => right)).toEqual(["CAP_NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE"]);
  });

  test("do not start again what a restart cannot mend", () => {
    expect(read("telltale.service")).toMatch(/^RestartPreventExitStatus=64 77 78$/m);
  });

  test.each(["udp", "tcp", "tls"])("name the %s socket as the listener knows it, over both families", (transport) => {
    const unit = read(`telltale-${transport}.socket`);
    const name = /^FileDescriptorName=(.*)$/m.exec(unit)![1]!;
    const env = { LISTEN_PID: "7", LISTEN_FDS: "1", LISTEN_FDNAMES: name };
    expect(takeSockets(env, 7)).toEqual([{ transport, fd: 3 }]);
    const kind = transport === "udp" ? "ListenDatagram" : "ListenStream";
    const port = transport === "tls" ? 6514 : 514;
    expect([...unit.matchAll(/^Listen\w+=.*$/gm)].map(([line]) => line)).toEqual([
      `${kind}=0.0.0.0:${port}`,
      `${kind}=[::]:${port}`,
    ]);
    expect(unit).toMatch(/^Service=telltale\.service$/m);
  });
});

describe("sockets that are handed over", () => {
  test("are taken by their names, in any of the forms that systemd gives them, and once", () => {
    const env: NodeJS.ProcessEnv = {
      LISTEN_PID: "7",
      LISTEN_FDS: "3",
      LISTEN_FDNAMES: "udp:telltale-tcp.socket:telltale-tls",
    };
    expect(takeSockets(env, 7)).toEqual([
      { transport: "udp", fd: 3 },
      { transport: "tcp", fd: 4 },
      { transport: "tls", fd: 5 },
    ]);
    expect(env).toEqual({});
    expect(takeSockets(env, 7)).toEqual([]);
  });

  test("are not taken when they are meant for another process", () => {
    expect(takeSockets({ LISTEN_PID: "8", LISTEN_FDS: "1", LISTEN_FDNAMES: "udp" }, 7)).toEqual([]);
    expect(takeSockets({ LISTEN_FDS: "1", LISTEN_FDNAMES: "udp" }, 7)).toEqual([]);
  });

  test.each(["", "telltale.socket", "udpx"])("are refused when nobody says what comes by them: %j", (name) => {
    expect(() => takeSockets({ LISTEN_PID: "7", LISTEN_FDS: "1", LISTEN_FDNAMES: name }, 7)).toThrow(
      /socket 3 was handed over as/,
    );
  });
});
