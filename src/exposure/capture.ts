/** Terminal captures: which commands were typed at a prompt, and what each printed. */

/** A command and its output; `command` is null for what stands before the first prompt. */
export interface Section {
  command: string | null;
  lines: readonly string[];
}

/** Cuts a capture at its prompts. Stamps that the router prints before the output are left in it. */
export function readSections(text: string): Section[] {
  let lines: string[] = [];
  const sections: Section[] = [{ command: null, lines }];
  for (const line of text.split(/\r?\n|\r/)) {
    const command = PROMPT.exec(line)?.[1];
    if (command === undefined) {
      lines.push(line);
    } else {
      lines = [];
      sections.push({ command: command.trim(), lines });
    }
  }
  return sections;
}

/** Whether the router refused the command, so that no output says nothing. */
export function isRefused(section: Section): boolean {
  return section.lines.some((line) => REFUSAL.test(line));
}

// RP/0/RP0/CPU0:xr1#show processes | include ipsec
// r1>show version
// sysadmin-vm:0_RP0# show version
const PROMPT = /^[ \t]*[A-Za-z][A-Za-z0-9_.:/()@-]{0,100}[#>][ \t]{0,8}(.*)$/;

// % Invalid input detected at '^' marker.
// Command authorization failed.
const REFUSAL = /^[ \t]*% ?[A-Z]|authorization failed|not authorized/;
