/** Text of strangers, on its way to other people's terminals. */

/** C0 and C1 controls, which steer a terminal, and the characters that turn the direction of text. */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** `text` with everything replaced that is not there to be read. */
export function printable(text: string): string {
  return text.replace(unprintable, "\ufffd");
}
