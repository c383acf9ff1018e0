/** Makes text of other users safe to print on a terminal. */

/** C0 and C1 controls, which control a terminal, and the characters that change the direction of text. */
const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;

/** Returns `text` with all unprintable characters replaced. */
export function printable(text: string): string {
  return text.replace(unprintable, "\ufffd");
}
