/** The limit of open files against the limit of connections. */
import { expect, test } from "vitest";
import { openFilesHint } from "../../src/source/open-files.ts";

const limits = (soft: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\nMax open files            ${soft.padEnd(20)} 20000                files\n`;

test("a limit that holds all connections and some more is enough", () => {
  expect(openFilesHint(10_000, limits("10256"))).toBeNull();
  expect(openFilesHint(10_000, limits("unlimited"))).toBeNull();
  expect(openFilesHint(10_000, "")).toBeNull();
});

test("a lower one is told, with the way out", () => {
  expect(openFilesHint(10_000, limits("1024"))).toMatch(
    /^Only 1024 files may be open, 10000 connections.*LimitNOFILE=/,
  );
});
