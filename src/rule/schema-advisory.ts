/** The shape of advisory.yaml: what the advisory is, who is exposed, how to recover, mitigate, verify and fix. */
import { z } from "zod";
import { runbook } from "./schema-runbook.ts";
import { DIALECTS, EXPOSURES, text } from "./schema-values.ts";

const state = z.enum(EXPOSURES);

const range = z
  .strictObject({
    in: z.array(z.string()).optional().describe("The release is one of these full releases."),
    lt: z.string().optional().describe("The release is before this one; within one line of trains."),
    lte: z.string().optional().describe("The release is this one or before it; within one line of trains."),
    gte: z.string().optional().describe("The release is this one or after it; within one line of trains."),
    train: z
      .string()
      .optional()
      .describe(
        "The release is of this train: `6.5` (dotted); `15.1M` with exactly these letters (ios-train); `17.9`, `3.6E` (ios-xe); `9.3`, `7.0(3)I7` (nx-os).",
      ),
    prefix: z.string().optional().describe("The release is of any train that is based on this: `12.2`."),
    platform: z
      .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
      .optional()
      .describe(
        "The router is this platform, or one of these: `asr9k-px`; `asr9k` is every `asr9k-…`. On a router whose platform is not known, a range that would be vulnerable makes the state unknown.",
      ),
    smu: z.string().optional().describe("The maintenance upgrade for this bug id is installed."),
    state: state.describe("What a release in this range is."),
    reason: z
      .strictObject({
        en: z.string().describe("English"),
        ja: z.string().optional().describe("Japanese; where it is missing, the English text is shown"),
      })
      .optional()
      .describe("Instead of the usual sentence; `{release}` and `{fixed}` are filled in."),
    "first-fixed": z
      .string()
      .optional()
      .describe("The release with the fix to name, where the advisory's list would name another."),
  })
  .meta({
    id: "Range",
    title: "Range",
    description:
      "A set of releases with one state: all conditions that are given must hold. Without a condition it is every release, and comes last.",
  });

const exposure = z
  .strictObject({
    os: z.enum(["ios-xr", "ios", "ios-xe", "nx-os"]).describe("The system that the ranges are about."),
    scheme: z
      .enum(["dotted", "ios-train", "ios-xe", "nx-os"])
      .describe(
        "How its releases are numbered: `dotted` (ios-xr) is 6.5.1, `ios-train` (ios) 15.1(4)M5, `ios-xe` 17.9.4a, `nx-os` 9.3(5).",
      ),
    "two-digit-rebuild": z
      .literal("both-readings")
      .optional()
      .describe(
        "A third number of two digits, 6.6.25, may be after 6.6.3 or before it: where the two readings differ, the state is unknown.",
      ),
    "interim-of-fixed": z
      .literal("unknown")
      .optional()
      .describe("An interim build of a first fixed release, 6.4.3.10I, may be without the fix: its state is unknown."),
    "not-affected-os": z
      .array(z.enum(DIALECTS))
      .default([])
      .describe("Systems that the advisory rules out; any other system is unknown."),
    feature: text
      .optional()
      .describe(
        "What must be configured before an affected release is exposed, such as `the web UI`. No capture tells, so the state of such a release is unknown, and the reason names this.",
      ),
    "none-running": z
      .strictObject({
        processes: z.array(z.string()).min(1).describe("Names of processes."),
        state: state.describe("The state when none of them runs."),
      })
      .optional()
      .describe(
        "The state of a release that is neither fixed nor unaffected when `show processes` lists none of these.",
      ),
    ranges: z
      .array(range)
      .min(1)
      .describe("The first range whose conditions all hold decides; without one the state is unknown."),
    "first-fixed": z.array(z.string()).describe("Every release that the advisory names as the first with the fix."),
  })
  .meta({
    id: "Exposure",
    title: "Exposure",
    description: "Which releases are affected. Releases are strings: 7.10 without quotes is the number 7.1.",
  });

const cvss = z
  .strictObject({
    version: z.string().describe('The version of CVSS, in quotes: `"3.0"`.'),
    base: z.number().describe("Base score, 0 to 10."),
    temporal: z.number().optional().describe("Temporal score, 0 to 10."),
    vector: z.string().optional().describe("Vector, as the advisory prints it."),
  })
  .meta({ id: "Cvss", title: "CVSS", description: "The advisory's CVSS score." });

/** advisory.yaml: what the advisory is, who is exposed, how to recover, mitigate, verify and fix. */
export const advisory = z
  .strictObject({
    id: z.string().describe("The advisory's id as Cisco prints it, which is also the folder's name."),
    title: text.describe("The advisory's title as Cisco prints it."),
    summary: text.describe("What happens, in one or two sentences."),
    cves: z.array(z.string()).describe("CVE ids; may be empty."),
    cwe: z.array(z.string()).default([]).describe("CWE ids."),
    bugs: z.array(z.string()).default([]).describe("Cisco bug ids."),
    cvss: cvss.optional(),
    severity: z.string().optional().describe("Cisco's rating: Critical, High, Medium or Low."),
    published: z.string().describe('The day of publication, in quotes: `"2020-03-04"`.'),
    revision: z.string().describe('The version of the advisory that was read, in quotes: `"1.0"`.'),
    references: z
      .array(z.string())
      .min(1)
      .describe("Addresses; the advisory itself comes first. Each alert shows them."),
    exposure: exposure.optional().describe("Left out where the alerts are not about a release."),
    falsepositives: z.array(text).default([]).describe("Innocent causes, which each alert shows."),
    runbook,
  })
  .meta({
    title: "Telltale advisory",
    description: "rules/<advisory>/advisory.yaml: what the advisory is, who is exposed, and what to do.",
  });

export type AdvisoryFile = z.infer<typeof advisory>;
