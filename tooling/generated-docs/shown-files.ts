/** Files of the repository that a page shows whole: between marks that name the file, so that it is written once. */

const mark = /(<!-- begin: written by `pnpm check:docs --write` from (\S+) -->)[\s\S]*?(<!-- end -->)/g;

/** Puts each file between the marks that name it. */
export function replaceShownFiles(page: string, read: (path: string) => string): string {
  return page.replace(mark, (_, begin: string, path: string, end: string) => {
    const language = path.split(".").at(-1);
    return `${begin}\n\n\`\`\`${language}\n${read(path).trimEnd()}\n\`\`\`\n\n${end}`;
  });
}
