/** What the engine itself observes of a router's logging, for signals with `observation`, and the facts that come with it. */

const SILENCE = {
  silence: "how long the router has been silent, as a text: `42 min`",
  seconds: "the same in seconds",
  usual: "the longest silence that is usual for it, as a text",
  others: "`heard`: other routers were heard meanwhile; `silent`: none was; `unknown`: their clocks do not compare",
  together: "how many routers went silent within 15 minutes of each other",
};
const JUMP = {
  direction: "`back` or `ahead`",
  by: "how far the clock jumped, as a text: `3 h 20 min`",
  minutes: "the same in minutes, rounded",
  before: "the stamp before the jump, ISO 8601",
  after: "the stamp after it, ISO 8601",
};
const LOSS = {
  lost: "how many messages are missing, by the router's counters",
  expected: "of how many",
  share: "the same as a text: `12.5 %`",
  percent: "the same as a whole number",
  usual: "the share that is usual for the router, as a text",
  dropped: "how many datagrams the machine that listens lost in the same time",
};

const OWN_LOSS = {
  lost: "how many messages this machine lost in the last minute; when it is told for the first time, in the last seconds",
  kernel: "how many of them the kernel dropped before they could be read",
  shed: "how many of them were read and given up for want of room",
  share: "their share of all as a text: `12.5 %`",
  percent: "the same as a whole number",
};

/** Observation -> its facts, and what each says. */
export const OBSERVATIONS = {
  "device-silent": SILENCE,
  "device-spoke": {},
  "clock-jump": JUMP,
  "clock-steady": {},
  "loss-rise": LOSS,
  "loss-usual": LOSS,
  "address-conflict": { claim: "which addresses use the router's name, as a sentence" },
  "collector-loss": OWN_LOSS,
  "collector-keeps-up": {},
} satisfies Record<string, Record<string, string>>;

export type ObservationName = keyof typeof OBSERVATIONS;

/** What each observation is, for the pages about rules. */
export const OBSERVED: Record<ObservationName, string> = {
  "device-silent": "a router that logs regularly has been silent for several times what is usual for it",
  "device-spoke": "a router that was silent is heard again",
  "clock-jump": "a router's clock has jumped",
  "clock-steady": "an hour has passed since a router's clock jumped",
  "loss-rise": "the share of a router's messages that is lost has risen sharply",
  "loss-usual": "the share of lost messages has come down again",
  "address-conflict": "another address uses a router's name",
  "collector-loss": "this machine itself loses messages; its alert is about the device `this machine`",
  "collector-keeps-up": "ten minutes have passed without this machine losing a message",
};
