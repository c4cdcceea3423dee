/** Synthetic terminal captures, in the shapes that each system prints. */

const XR_BOTH = "222 5460 0K 20 Sleeping ipsec_mp 0\n312 5461 0K 20 Sleeping ipsec_pp 0\n";
const SIP_BOTH =
  " 149 Mwe 40F48254          4          1    400023108/24000  0 CCSIP_UDP_SOCKET\n" +
  " 150 Mwe 40F48034          4          1    400023388/24000  0 CCSIP_TCP_SOCKET\n";

/** IOS XR: `show version` and, unless left out, what `show processes | include ipsec` prints. */
export function xrCapture(
  host: string,
  release: string,
  options: { processes?: string | null; version?: string } = {},
) {
  const prompt = `RP/0/RP0/CPU0:${host}#`;
  const { processes = XR_BOTH, version = "" } = options;
  return (
    `${prompt}show version\nWed Mar  4 12:00:05.618 UTC\n\nCisco IOS XR Software, Version ${release}\nCopyright (c) 2013-2019 by Cisco Systems, Inc.\n\n` +
    `ROM: System Bootstrap, Version 6.6.3(c) 1994-2012 by Cisco Systems,  Inc.\n${host} uptime is 2 weeks, 1 day\n${version}` +
    (processes === null ? "" : `${prompt}show processes | include ipsec\nWed Mar  4 12:00:09.101 UTC\n${processes}`) +
    `${prompt}\n`
  );
}

/** Active packages of IOS XR. */
export function activePackages(host: string, packages: string[]): string {
  const lines = packages.map((name) => `      disk0:${name}\n`).join("");
  return `RP/0/RP0/CPU0:${host}#show install active summary\nWed Mar  4 12:01:00.000 UTC\nDefault Profile:\n  SDRs:\n    Owner\n  Active Packages:\n${lines}RP/0/RP0/CPU0:${host}#\n`;
}

/** IOS: `show version` and, unless left out, what `show processes | include SIP` prints. */
export function iosCapture(host: string, release: string, options: { processes?: string | null } = {}) {
  const { processes = SIP_BOTH } = options;
  return (
    `${host}>show version\nCisco IOS Software, C2900 Software (C2900-UNIVERSALK9-M), Version ${release}, RELEASE SOFTWARE (fc1)\n` +
    `Technical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-2012 by Cisco Systems, Inc.\n\n` +
    `ROM: System Bootstrap, Version 15.1(4)M4, RELEASE SOFTWARE (fc1)\n\n${host} uptime is 3 weeks, 2 days\nSystem image file is "flash0:c2900-universalk9-mz.SPA.bin"\n` +
    (processes === null ? "" : `${host}>show processes | include SIP\n${processes}`) +
    `${host}>\n`
  );
}

/** IOS XE: its own release, and that of the IOS inside it. */
export function xeCapture(host: string, release: string | null, ios: string) {
  return (
    `${host}#show version\nCisco IOS Software, IOS-XE Software (X86_64_LINUX_IOSD-UNIVERSALK9-M), Version ${ios}, RELEASE SOFTWARE (fc1)\n` +
    `Technical Support: http://www.cisco.com/techsupport\n${release === null ? "" : `\nIOS XE Version: ${release}\n`}\nROM: IOS-XE ROMMON\n${host} uptime is 5 days\n` +
    `${host}#show processes | include SIP\n${SIP_BOTH}${host}#\n`
  );
}
