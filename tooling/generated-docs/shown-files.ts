/** Copies files of the repository into a page, between marks that name the file, so that the text has one source. */

const mark = /(<!-- begin: written by `pnpm check:docs --write` from (\S+) -->)[\s\S]*?(<!-- end -->)/g;

/** Replaces the text between each pair of marks by the file they name. */
export function replaceShownFiles(page: string, read: (path: string) => string): string {
  return page.replace(mark, (_, begin: string, path: string, end: string) => {
    const language = path.split(".").at(-1);
    return `${begin}\n\n\`\`\`${language}\n${read(path).trimEnd()}\n\`\`\`\n\n${end}`;
  });
}
