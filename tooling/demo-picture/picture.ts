/** Draws the output of a program for terminals as SVG. */

/** Sizes in pixels. A column is as wide as a character of the usual monospaced fonts at this size. */
const fontSize = 13;
const columnWidth = 7.8;
const lineHeight = 18;
const margin = 16;

const colours: Readonly<Record<string, string>> = {
  "2": "#8b949e",
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "34": "#79c0ff",
  "35": "#d2a8ff",
  "36": "#56d4dd",
};

/** Returns the sections of the output whose titles begin with one of `titles`, as lines. A blank line precedes each section. */
export function sectionsOf(output: string, titles: readonly string[]): string[] {
  const sections = output.trim().split("\n\n");
  return titles.flatMap((title, index) => {
    const section = sections.find((text) => plain(text).startsWith(title));
    if (section === undefined) throw new Error(`the output has no section "${title}"`);
    return [...(index === 0 ? [] : [""]), ...section.split("\n")];
  });
}

/** Draws the lines, with bold type and colours as their escape sequences say. */
export function draw(lines: readonly string[], title: string): string {
  const columns = Math.max(...lines.map((line) => [...plain(line)].length));
  const width = Math.ceil(columns * columnWidth + 2 * margin);
  const height = lines.length * lineHeight + 2 * margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${fontSize}" fill="#e6edf3">`,
    ...lines.map((line, index) => drawLine(line, margin + index * lineHeight + fontSize)),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

// Internals

function plain(text: string): string {
  return text.replaceAll(escapeSequence, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the control characters of terminals.
const escapeSequence = /\u001b\[(\d*)m/g;

/** Each word has its place, so that columns align in any font. */
function drawLine(line: string, y: number): string {
  let column = 0;
  let style = "";
  const parts: string[] = [];
  for (const [index, text] of line.split(escapeSequence).entries()) {
    // Between the texts are the codes.
    if (index % 2 === 1)
      style = text === "1" ? ' font-weight="bold"' : text in colours ? ` fill="${colours[text]}"` : "";
    else {
      for (const { 0: word, index: at } of text.matchAll(/\S+( \S+)*/g)) {
        const x = margin + (column + [...text.slice(0, at)].length) * columnWidth;
        parts.push(`<tspan x="${Math.round(x * 10) / 10}"${style}>${escapeXml(word)}</tspan>`);
      }
      column += [...text].length;
    }
  }
  return `<text y="${y}">${parts.join("")}</text>`;
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
