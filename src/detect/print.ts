/** Fingerprints of messages: 53 bits over everything that tells two of them apart. */
import { hashText, Print } from "../hash.ts";
import type { Event } from "../model.ts";

/** What a fingerprint is made of beside the text: numbers, -1 where the message has none, and hashes of words. */
export interface PrintParts {
  counter: number;
  sequence: number;
  clock: number;
  node: number;
  tag: number;
}

/** Adds the other parts of a message to the print of its text. */
export function finishPrint(print: Print, { counter, sequence, clock, node, tag }: PrintParts): number {
  print.number(counter);
  print.number(sequence);
  print.word(clock);
  print.word(node);
  print.word(tag);
  return print.value();
}

/** The print of a message; the relay's own header takes no part. */
export function printOf(event: Event): number {
  const { counter, sequence, clock, node, tag, text } = event;
  const print = new Print();
  print.begin();
  print.text(text);
  return finishPrint(print, {
    counter: counter ?? -1,
    sequence: sequence ?? -1,
    clock: hashText(clock?.text ?? ""),
    node: hashText(node ?? ""),
    tag: tag === null ? 0 : hashText(`${tag.facility}-${tag.severity}-${tag.mnemonic}`),
  });
}
