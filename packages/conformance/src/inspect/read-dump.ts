/**
 * Reads the bytes of a conversation from a file in any of these formats: raw bytes, hexadecimal text, or a transcript
 * in which every line begins with `>` for the client or `<` for the server, followed by hexadecimal.
 */
import type { Role } from "@hybi/core";

/** Bytes of one sender, in file order. */
export interface DumpPassage {
  /** Undefined when the file does not say. */
  readonly sender: Role | undefined;
  readonly bytes: Uint8Array;
}

/** The format of a file. */
export type DumpFormat = "raw" | "hex" | "transcript";

/**
 * Reads `file` in the given format, or else in the format it appears to have. In hexadecimal, white space, commas,
 * `0x` and everything after `#` are ignored.
 *
 * @throws Error when the file is not in the format; the message names the line
 */
export function readDump(file: Uint8Array, format: DumpFormat = formatOf(file)): readonly DumpPassage[] {
  if (format === "raw") return [{ sender: undefined, bytes: file }];
  const text = new TextDecoder().decode(file);
  if (format === "hex") return [{ sender: undefined, bytes: parseHex(text, undefined) }];
  const passages: DumpPassage[] = [];
  let sender: Role | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, mark, rest = ""] = /^\s*([<>])?(.*)$/.exec(line) ?? [];
    if (mark !== undefined) sender = mark === ">" ? "client" : "server";
    const bytes = parseHex(rest, index + 1);
    if (bytes.length === 0) continue;
    if (sender === undefined) throw new Error(`Line ${index + 1} does not begin with > or <.`);
    passages.push({ sender, bytes });
  }
  return passages;
}

/** Text of only hexadecimal is `hex`; with a mark before every line it is a transcript. */
function formatOf(file: Uint8Array): DumpFormat {
  // The beginning of a long binary file is enough.
  const text = new TextDecoder().decode(file.subarray(0, 65_536));
  const [first = ""] = text.split("\n").filter((line) => withoutRemark(line).trim() !== "");
  if (!/^[\s0-9a-fx,<>]*$/i.test(withoutRemark(first)) || /[^\t\n\r -~]/.test(first)) return "raw";
  return /^\s*[<>]/.test(first) ? "transcript" : withoutRemark(first).trim() === "" ? "raw" : "hex";
}

function parseHex(text: string, line: number | undefined): Uint8Array {
  const digits = text
    .split("\n")
    .map(withoutRemark)
    .join(" ")
    .replace(/0x|[\s,]/gi, "");
  if (/[^0-9a-f]/i.test(digits) || digits.length % 2 !== 0) {
    const where = line === undefined ? "The file" : `Line ${line}`;
    throw new Error(`${where} is not hexadecimal, two digits for each byte.`);
  }
  return Uint8Array.from({ length: digits.length / 2 }, (_, at) =>
    Number.parseInt(digits.slice(2 * at, 2 * at + 2), 16),
  );
}

function withoutRemark(line: string): string {
  return line.replace(/#.*$/, "");
}
