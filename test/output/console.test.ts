/** The console tells alerts to whoever looks at it, and says when nobody takes them. */
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { alertJson } from "../../src/output/alert-json.ts";
import { consoleOutput, writerTo } from "../../src/output/console.ts";
import { delivery, type OutputBench, outputContract } from "./contract.ts";
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
  it("takes nothing while the stream's reader is behind, and goes on when it has caught up", async () => {
    const stream = new PassThrough({ highWaterMark: 100 });
    const output = consoleOutput({ write: writerTo(stream), format: "json", color: false, width: 80, lang: "en" });
    await output.deliver(delivery("a"));
    await expect(output.deliver(delivery("b"))).rejects.toMatchObject({ code: "IO" });
    const drained = new Promise((resolve) => stream.once("drain", resolve));
    expect(JSON.parse(String(stream.read()))).toMatchObject({ id: delivery("a").alert.id });
    await drained;
    await output.deliver(delivery("b"));
    expect(JSON.parse(String(stream.read()))).toMatchObject({ id: delivery("b").alert.id });
  });

  it("takes nothing once the stream has ended", () => {
    const stream = new PassThrough();
    const write = writerTo(stream);
    stream.destroy();
    expect(write("x")).toBe(false);
  });
});
