/** Sagan, which reads a form of its own and keeps files beside: all of it is made in the bench's folder. */
import { createReadStream, createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";

const rules = fileURLToPath(new URL("peers/sagan.rules", import.meta.url));
/** As shipped. With fewer it lets lines go for which no thread is free. */
const THREADS = 100;

/** Writes the lines of a capture as Sagan reads them; gives the command that judges them. */
export async function saganOf(path, folder) {
  const own = join(folder, "sagan");
  mkdirSync(join(own, "ipc"), { recursive: true });
  writeFileSync(
    join(own, "classification.config"),
    "config classification: attempted-dos,Attempted denial of service,2\n",
  );
  writeFileSync(join(own, "reference.config"), "config reference: url,http://\n");
  writeFileSync(join(own, "gen-msg.map"), "1 || 1 || Sagan\n");
  writeFileSync(join(own, "protocol.map"), "");
  writeFileSync(join(own, "normalization.rulebase"), "version=2\n");
  writeFileSync(join(own, "sagan.yaml"), configuration(own));
  const input = join(own, "input");
  await pipeline(createInterface({ input: createReadStream(path) }), converted, createWriteStream(input));
  return {
    argv: ["sagan", "-u", "root", "-f", join(own, "sagan.yaml"), "-l", join(own, "sagan.log"), "-Q", "-F", input],
  };
}

/** One source for all, as by one relay: the name of the router stays in the message. */
async function* converted(lines) {
  for await (const line of lines)
    yield `192.0.2.1|local7|notice|notice|bd|2020-03-04|12:00:00|router|${line.replaceAll("|", " ")}\n`;
}

function configuration(own) {
  return `%YAML 1.1
---
vars:
  sagan-groups: { FIFO: "${own}/fifo", RULE_PATH: "${own}", LOCKFILE: "${own}/pid", LOG_PATH: "${own}" }
  address-groups: { HOME_NET: "any", EXTERNAL_NET: "any" }
  mmap-groups: { MMAP_DEFAULT: 10000 }
sagan-core:
  core:
    sensor-name: "bench"
    default-host: 192.0.2.1
    default-port: 514
    default-proto: udp
    dns-warnings: disabled
    source-lookup: disabled
    fifo-size: 1048576
    max-threads: ${THREADS}
    classification: "${own}/classification.config"
    reference: "${own}/reference.config"
    gen-msg-map: "${own}/gen-msg.map"
    protocol-map: "${own}/protocol.map"
    xbit-storage: mmap
  liblognorm: { enabled: yes, normalize_rulebase: "${own}/normalization.rulebase" }
  mmap-ipc:
    ipc-directory: ${own}/ipc
    xbit: 10000
    threshold-by-src: 10000
    threshold-by-dst: 10000
    threshold-by-username: 10000
    after-by-src: 10000
    after-by-dst: 10000
    after-by-username: 10000
    track-clients: 10000
outputs:
  - alert: { enabled: yes, filename: "${own}/alert.log" }
rules-files:
  - ${rules}
`;
}
