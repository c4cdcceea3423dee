/** Timers in the order in which they fire: due time, then rule, group, kind; one queue for each clock. */
import type { Millis } from "../model.ts";
import type { TimerKind } from "./state.ts";

export interface Timer {
  due: Millis;
  rule: string;
  group: string;
  kind: TimerKind | "hold" | "silence";
}

/** A binary heap of timers; stale ones are left in it and thrown away by whoever pops them. */
export class TimerQueue {
  #heap: Timer[] = [];

  get size(): number {
    return this.#heap.length;
  }

  /** The time at which the next timer is due, or null. */
  next(): Millis | null {
    return this.#heap[0]?.due ?? null;
  }

  push(timer: Timer): void {
    const heap = this.#heap;
    heap.push(timer);
    let i = heap.length - 1;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!isBefore(heap[i]!, heap[parent]!)) break;
      [heap[i], heap[parent]] = [heap[parent]!, heap[i]!];
      i = parent;
    }
  }

  /** Takes the first timer that is due at or before `now`. */
  pop(now: Millis): Timer | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.due > now) return null;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  #sink(): void {
    const heap = this.#heap;
    let i = 0;
    for (;;) {
      const left = 2 * i + 1;
      if (left >= heap.length) return;
      const right = left + 1;
      const least = right < heap.length && isBefore(heap[right]!, heap[left]!) ? right : left;
      if (!isBefore(heap[least]!, heap[i]!)) return;
      [heap[i], heap[least]] = [heap[least]!, heap[i]!];
      i = least;
    }
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  if (a.due !== b.due) return a.due < b.due;
  if (a.rule !== b.rule) return a.rule < b.rule;
  if (a.group !== b.group) return a.group < b.group;
  return a.kind < b.kind;
}
