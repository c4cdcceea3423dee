/** The line at the foot of a terminal on which `telltale listen` waits: that it lives, and whether anything was lost. */
import type { Millis } from "../model.ts";
import { formatCount, formatTime, paint } from "./presentation.ts";
import { cutToWidth } from "./width.ts";

/** The figures of one moment. */
export interface ListenStatus {
  /** Messages since the start. */
  received: number;
  /** Messages per second now. */
  rate: number;
  devices: number;
  /** Alerts that wait for somebody. */
  open: number;
  /** Messages dropped by the kernel or shed under load since the start. */
  lost: number;
  at: Millis;
}

/** The line without LF, in at most `width` columns; colour only where somebody should look. */
export function formatStatus(
  { received, rate, devices, open, lost, at }: ListenStatus,
  { color = false, width = Number.POSITIVE_INFINITY }: { color?: boolean; width?: number } = {},
): string {
  const parts: { text: string; alarming: boolean }[] = [
    { text: formatTime(at).replace(/^.*T/, ""), alarming: false },
    { text: open === 1 ? "1 open alert" : `${formatCount(open)} open alerts`, alarming: open > 0 },
    { text: `${formatCount(lost)} lost`, alarming: lost > 0 },
    { text: `${formatCount(received)} received`, alarming: false },
    { text: `${formatCount(rate)}/s`, alarming: false },
    { text: devices === 1 ? "1 device" : `${formatCount(devices)} devices`, alarming: false },
  ];
  let left = width;
  const shown: string[] = [];
  for (const { text, alarming } of parts) {
    const cut = cutToWidth(text, left);
    if (cut === "") break;
    shown.push(paint(color && alarming, "yellow", cut));
    left -= cut.length + 2;
  }
  return shown.join("  ");
}
