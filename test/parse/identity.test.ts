/** Which router a message is from. */
import { describe, expect, test } from "vitest";
import { fileStem, identify, isIdentity } from "../../src/parse/identity.ts";
import { parseLine } from "../../src/parse/parse.ts";
import { frameOf } from "../support/stage.ts";

const device = (
  line: string,
  capture = false,
  prompt: string | null = null,
  from = capture ? "logs/edge1.log" : "192.0.2.7",
) => {
  const frame = frameOf(line, capture ? null : 0, from);
  return identify(parseLine(frame.raw, capture), frame, prompt);
};
const TAG = "%SYS-5-CONFIG_I: Configured from console by vty0";
const XR = "%MGBL-SYS-5-CONFIG_I : Configured from console by noc";

describe("the name of a router is the first that is there", () => {
  test.each([
    ["the host name prefix", `<189>5: xr1 RP/0/RSP0/CPU0:Mar  4 12:00:00.1 UTC: config[1]: ${XR}`, "xr1"],
    ["the origin-id", `<189>5: r1: Mar  4 12:00:00.1: ${TAG}`, "r1"],
    ["the origin-id before the relay's host", `Mar  4 12:00:00 192.0.2.9 5: r1: Mar  4 12:00:00.1: ${TAG}`, "r1"],
    ["the HOSTNAME of RFC 5424", `<189>1 2020-03-04T12:00:00Z edge7.example.net - - - - ${TAG}`, "edge7.example.net"],
    ["the relay's host", `Mar  4 12:00:00 192.0.2.9 5: Mar  4 12:00:00.1: ${TAG}`, "192.0.2.9"],
    ["the socket's address", `<189>5: Mar  4 12:00:00.1: ${TAG}`, "192.0.2.7"],
    ["the address where the name is a default", `<189>5: Router: Mar  4 12:00:00.1: ${TAG}`, "192.0.2.7"],
    [
      "the address where the prefix is a default",
      `<189>5: ios RP/0/RSP0/CPU0:Mar  4 12:00:00.1 UTC: config[1]: ${XR}`,
      "192.0.2.7",
    ],
  ])("%s", (_, line, name) => {
    expect(device(line)).toBe(name);
  });

  test("in a capture the prompt's host, else the file's stem", () => {
    expect(device(`Mar  4 12:00:00.1: ${TAG}`, true)).toBe("edge1");
    expect(device(`Mar  4 12:00:00.1: ${TAG}`, true, "gw-9")).toBe("gw-9");
    expect(device(`Mar  4 12:00:00.1: ${TAG}`, true, "Router")).toBe("edge1");
    expect(device(`Mar  4 12:00:00.1: ${TAG}`, true, null, "-")).toBe("stdin");
    expect(device(`r1: Mar  4 12:00:00.1: ${TAG}`, true, "gw-9")).toBe("r1");
  });
});

test.each(["ios", "IOS", "router", "Router", "switch", "Switch", "localhost", "", null])(
  "%j identifies nobody",
  (name) => {
    expect(isIdentity(name)).toBe(false);
  },
);

test.each(["router1", "ios-xr", "r", "192.0.2.1", "switch.example.net"])("%s is an identity", (name) => {
  expect(isIdentity(name)).toBe(true);
});

test.each([
  ["logs/edge1.2020.log.gz", "edge1.2020"],
  ["/var/log/r1.txt", "r1"],
  ["r1", "r1"],
  [".log", ".log"],
  ["a.b/c.zst", "c"],
  ["-", "stdin"],
])("the stem of %s is %s", (path, stem) => {
  expect(fileStem(path)).toBe(stem);
});
