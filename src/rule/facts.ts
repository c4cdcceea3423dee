/** The facts that conditions may name besides a rule's own signals, correlations and named groups, and what each says. */

/** Facts that every rule has. */
export const COMMON_FACTS: Record<string, string> = {
  dialect: "the dialect of the message: `ios`, `ios-xe`, `ios-xr`, `nx-os`, `asa`, `other` or `unknown`",
  exposure: "the router's exposure to the advisory: `vulnerable`, `fixed`, `not-affected` or `unknown`",
  release: "the router's release as a text; not known until the log or an operator tells it",
};

/** Facts that a block gives, besides the group that `table.key` names (that of the top row). */
export const BLOCK_FACTS: Record<string, string> = {
  opened: "whether the opening line was seen",
  closed: "whether the closing line was seen",
  table: "`complete`: every row came; `partial`: some may be missing; `none`: no row came",
  rows: "how many different rows came",
  missing: "how many messages are missing where a row may have been, by the counters",
  short: "whether rows are known to be lost",
  doubtful: "whether the rows cannot all be the router's: more than it announced, or with numbers that do not fit",
  users: "the names of all rows, a list",
  top: "the name with the greatest weight; a list where several tie",
  share: "the part of the whole weight that the top name holds, 0 to 1",
};

/** Facts that only the conditions of caveats have. */
export const CAVEAT_FACTS: Record<string, string> = {
  verdict: "the verdict's name",
  confidence: "the alert's confidence: `low`, `medium` or `high`",
  level: "what the group named `level` took, where a pattern has one",
};

/** Placeholders that every text may hold, besides the names of the rule's details. */
export const PLACEHOLDERS: Record<string, string> = {
  device: "the router's name",
  node: "the node; where the message names none, texts say so in words",
  release: "the router's release, or `?`",
};
