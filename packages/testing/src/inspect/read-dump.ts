/**
 * Bytes of a conversation out of a file, whatever was used to write them down: raw bytes, hexadecimal as text, or a
 * transcript, in which every line begins with `>` for the client or `<` for the server and goes on in hexadecimal.
 */
import type { Role } from "@hybi/core";

/** Bytes of one sender, in the order of the file. */
export interface DumpPassage {
  /** Undefined where the file does not tell. */
  readonly sender: Role | undefined;
  readonly bytes: Uint8Array;
}

/** How a file is written. */
export type DumpFormat = "raw" | "hex" | "transcript";

/**
 * Reads `file`, in the format that is given or that it looks like. In hexadecimal, white space, commas, `0x` and what
 * stands behind `#` do not matter.
 *
 * @throws Error when the file is not in the format, with the line
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

/** Text that is nothing but hexadecimal is hexadecimal, and with marks before the lines it is a transcript. */
function formatOf(file: Uint8Array): DumpFormat {
  // What is long and binary need not be looked at to its end.
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
