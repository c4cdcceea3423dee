/** The console tells alerts to whoever looks at it, and says when nobody takes them. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { alertJson } from "../../src/output/alert-json.ts";
import { consoleOutput, writerTo } from "../../src/output/console.ts";
import { delivery, type OutputBench, outputContract } from "./contract.ts";
import { settled } from "./receivers.ts";
import { alert, START } from "./support.ts";

function bench(format: "card" | "json"): OutputBench {
  const texts: string[] = [];
  let open = true;
  const write = (text: string) => {
    if (open) texts.push(text);
    return open;
  };
  return {
    output: consoleOutput({ write, format, color: false, width: 80, lang: "en" }),
    received: () => texts,
    fail: () => {
      open = false;
    },
    mend: () => {
      open = true;
    },
    free: () => {},
  };
}

outputContract("the console with cards", () => bench("card"));
outputContract("the console with JSON", () => bench("json"));

describe("the console", () => {
  it("prints one compact line of JSON: the alert's fields and the change", async () => {
    const { output, received } = bench("json");
    await output.deliver({ change: "status", at: START, alert: alert() });
    const [line] = await received();
    expect(line).toBe(`${JSON.stringify(alertJson(alert(), "status"))}\n`);
    expect(JSON.parse(line!)).toMatchObject({ schema: 1, change: "status", id: alert().id });
  });

  it("prints a short card and an empty line after it", async () => {
    const { output, received } = bench("card");
    await output.deliver({ change: "raised", at: START, alert: alert() });
    const [card] = await received();
    expect(card).toMatch(/^CRITICAL {2}IPsec packet memory exhausted[^\n]*\n/);
    expect(card).toContain("  raised: open, 2 reports, last 2026-03-04T12:05:00Z\n");
    expect(card).toMatch(/telltale alerts show k3vq7mzr2ahd5wpx4cnt6ybe2f\n\n$/);
  });
});

describe("writing to a stream", () => {
  const over = (stream: PassThrough) =>
    consoleOutput({ write: writerTo(stream), format: "json", color: false, width: 80, lang: "en" });

  it("waits while the stream's reader is behind", async () => {
    const stream = new PassThrough({ highWaterMark: 100 });
    const output = over(stream);
    let told = 0;
    const telling = ["a", "b"].map((id) => output.deliver(delivery(id)).then(() => told++));
    await settled();
    expect(told).toBeLessThan(2);
    let text = "";
    stream.on("data", (chunk: Buffer) => {
      text += chunk;
    });
    await Promise.all(telling);
    expect(
      text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line).id),
    ).toEqual(["a", "b"].map((id) => delivery(id).alert.id));
  });

  it("takes nothing once writing has failed", async () => {
    const stream = new PassThrough({
      autoDestroy: false,
      transform: (_chunk, _encoding, done) => done(new Error("EPIPE")),
    });
    stream.on("error", () => {});
    const output = over(stream);
    for (const id of ["a", "b"]) await expect(output.deliver(delivery(id))).rejects.toMatchObject({ code: "IO" });
  });

  it("takes nothing once the stream has ended", async () => {
    const stream = new PassThrough();
    const write = writerTo(stream);
    stream.destroy();
    expect(await write("x")).toBe(false);
  });
});
