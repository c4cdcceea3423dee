/** Synthetic lines of the shapes that routers print: packet memory blocks, memory failures, boots. */

export interface BlockShape {
  host?: string;
  node?: string;
  /** Counter of the first line; null: the lines carry none. */
  counter?: number | null;
  level?: number;
  resource?: string;
  rows?: [string, number, number][];
  /** Printed as "Top N users"; null leaves the line out. */
  limit?: number | null;
  /** Printed as "Only N users found"; null leaves the line out. */
  only?: number | null;
  columns?: boolean;
  depletion?: boolean;
  time?: string;
}

export const IPSEC_ROWS: [string, number, number][] = [
  ["pkg/bin/ipsec_pp", 540912, 9984],
  ["pkg/bin/udp", 540892, 16],
];

/** The lines of one packet memory block, as IOS XR prints them. */
export function packetMemory(shape: BlockShape = {}): string[] {
  const { host = "xr1", node = "RP/0/RSP0/CPU0", level = 100, resource = "PAK FSV", rows = IPSEC_ROWS } = shape;
  const { limit = 5, only = rows.length, columns = true, depletion = true, time = "Mar  4 12:00:00.123 UTC" } = shape;
  let counter = shape.counter === undefined ? 4856 : shape.counter;
  const line = (pri: number, tag: string, text: string) => {
    const number = counter === null ? "" : `${counter++}: `;
    return `<${pri}>${number}${host === "" ? "" : `${host} `}${node}:${time}: pakwatch[123]: %PKT_INFRA-PAKWATCH-${tag} : ${text} `;
  };
  return [
    ...(depletion
      ? [line(186, "2-DEPLETION_CATASTROPHIC", `Depletion level ${level} percent for resource ${resource}`)]
      : []),
    ...(limit === null ? [] : [line(190, "6-USER_INFO", `Top ${limit} users of ${resource}:`)]),
    ...(columns ? [line(190, "6-INFO_HEAD", "PROCESS NAME                    PID     COUNT")] : []),
    ...rows.map(([user, pid, count]) => line(190, "6-INFO_BODY", `${user.padEnd(24)} ${pid}     ${count}`)),
    ...(only === null ? [] : [line(190, "6-USER_INFO2", `Only ${only} users found using ${resource}.`)]),
  ];
}

/** An operator restarts a process. */
export function restartOf(
  process: string,
  counter: number,
  { host = "xr1", node = "RP/0/RSP0/CPU0", at = "0/RSP0/CPU0" } = {},
) {
  return `<188>${counter}: ${host} ${node}:Mar  4 12:05:00.${String(counter % 1000).padStart(3, "0")} UTC: sysmgr_control[66620]: %OS-SYSMGR-4-PROC_RESTART_NAME : User noc (vty0) requested a restart of process ${process} at ${at}`;
}

/** A memory failure in five datagrams; `owner` null: the line that names it is missing. */
export function mallocFail(counter: number | null, host = "r1", owner: string | null = "CCSIP_SPI_CONTROL"): string[] {
  const number = (i: number) => (counter === null ? "" : `${counter + i}: `);
  return [
    `<186>${number(0)}${host}: *Nov  6 16:00:00.${ms(counter)}: %SYS-2-MALLOCFAIL: Memory allocation of 65536 bytes failed from 0x6080A1B4, alignment 0`,
    `<186>${number(1)}Pool: Processor  Free: 79840  Cause: Not enough free memory`,
    `<186>${number(2)}Alternate Pool: None  Free: 0  Cause: No Alternate pool`,
    ...(owner === null ? [] : [`<186>${number(3)} -Process= "${owner}", ipl= 0, pid= 263`]),
    `<186>${number(4)}-Traceback= 0x61488C44 0x60015E58 0x6001BDB8`,
  ];
}

/** A process that holds the processor too long. */
export function cpuHog(counter: number, host = "r1", process = "CCSIP_SPI_CONTROL"): string {
  return `<187>${counter}: ${host}: *Nov  6 16:01:00.${ms(counter)}: %SYS-3-CPUHOG: Task is running for (2044)msecs, more than (2000)msecs (0/0),process = ${process}.`;
}

/** A boot with its banner in five datagrams. */
export function boot(
  release: string,
  counter = 27,
  host = "r1",
  software = "C2900 Software (C2900-UNIVERSALK9-M)",
): string[] {
  return [
    `<189>${counter}: ${host}: *Jan  2 00:01:01.${ms(counter)}: %SYS-5-RESTART: System restarted --`,
    `<189>${counter + 1}: ${host}: Cisco IOS Software, ${software}, Version ${release}, RELEASE SOFTWARE (fc1)`,
    `<189>${counter + 2}: ${host}: Technical Support: http://www.cisco.com/techsupport`,
    `<189>${counter + 3}: ${host}: Copyright (c) 1986-2012 by Cisco Systems, Inc.`,
    `<189>${counter + 4}: ${host}: Compiled Tue 04-Sep-12 20:14 by prod_rel_team`,
  ];
}

export function reload(counter: number, host = "r1"): string {
  return `<189>${counter}: ${host}: Nov  6 15:55:00.${ms(counter)}: %SYS-5-RELOAD: Reload requested by admin on vty0 (192.0.2.10). Reload Reason: Reload Command.`;
}

/** A call that is refused for want of memory. */
export function callRejected(counter: number, host = "r1"): string {
  return `<187>${counter}: ${host}: Nov  6 16:00:05.${ms(counter)}: %IVR-3-LOW_MEMORY_RESOURCE: IVR: System running low on memory (99/100 in use). Call (callID=1) is rejected.`;
}

/** A line without interest. */
export function linkUp(counter: number, host = "r1"): string {
  return `<189>${counter}: ${host}: Nov  6 16:00:00.${ms(counter)}: %LINEPROTO-5-UPDOWN: Line protocol on Interface Gi0/${counter % 48}, changed state to up`;
}

function ms(counter: number | null): string {
  return String((counter ?? 0) % 1000).padStart(3, "0");
}
