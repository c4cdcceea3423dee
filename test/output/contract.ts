/** What every output must keep; each one's test runs these cases against the real thing. */
import { describe, expect, it } from "vitest";
import { TelltaleError } from "../../src/error.ts";
import type { Delivery, Output } from "../../src/output/output.ts";
import { alert, START } from "./support.ts";

/** An output with a target that can be looked into and taken away. */
export interface OutputBench {
  output: Output;
  /** What the target has, one text a delivery. */
  received(): Promise<string[]> | string[];
  /** From now on the target takes nothing. */
  fail(): Promise<void> | void;
  /** The target takes deliveries again. */
  mend(): Promise<void> | void;
  /** Frees what the bench holds. */
  free(): Promise<void> | void;
}

/** One entry with an id of its own. */
export function delivery(id: string): Delivery {
  return { change: "opened", at: START, alert: alert({ id: id.repeat(26).slice(0, 26) }) };
}

/** Runs the contract. */
export function outputContract(name: string, make: () => Promise<OutputBench> | OutputBench): void {
  const withBench = async (use: (bench: OutputBench) => Promise<void>) => {
    const bench = await make();
    try {
      await use(bench);
    } finally {
      await bench.output.close();
      await bench.free();
    }
  };

  describe(`${name} as an output`, () => {
    it("has a name that does not change", () =>
      withBench(async ({ output }) => {
        expect(output.name).toMatch(/^[a-z][a-z0-9-]*/);
        expect(output.name).toBe(output.name);
      }));

    it("has told the alert's id when a delivery resolves, in the order of the deliveries", () =>
      withBench(async ({ output, received }) => {
        for (const [i, id] of ["a", "b", "c"].entries()) {
          const entry = delivery(id);
          await output.deliver(entry);
          const texts = await received();
          expect(texts).toHaveLength(i + 1);
          expect(texts[i]).toContain(entry.alert.id);
        }
      }));

    it("tells an entry again when it comes again", () =>
      withBench(async ({ output, received }) => {
        await output.deliver(delivery("a"));
        await output.deliver(delivery("a"));
        const texts = await received();
        expect(texts).toHaveLength(2);
        expect(texts[0]).toBe(texts[1]);
      }));

    it("rejects with an error that says what to do while its target takes nothing, and then goes on", () =>
      withBench(async ({ output, received, fail, mend }) => {
        await fail();
        const error = await output.deliver(delivery("a")).catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(TelltaleError);
        expect((error as TelltaleError).hint).not.toBe("");
        expect(await received()).toEqual([]);
        await mend();
        await output.deliver(delivery("a"));
        expect(await received()).toHaveLength(1);
      }));

    it("leaves the alert as it was", () =>
      withBench(async ({ output }) => {
        const entry = delivery("a");
        await output.deliver(freeze(entry));
        expect(entry).toEqual(delivery("a"));
      }));

    it("can be closed twice, and takes nothing after it", () =>
      withBench(async ({ output, received }) => {
        await output.deliver(delivery("a"));
        await output.close();
        await output.close();
        await expect(output.deliver(delivery("b"))).rejects.toBeInstanceOf(TelltaleError);
        expect(await received()).toHaveLength(1);
      }));
  });
}

function freeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !ArrayBuffer.isView(value)) {
    for (const part of Object.values(value)) freeze(part);
    Object.freeze(value);
  }
  return value;
}
