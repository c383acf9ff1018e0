/** The list of targets: one per file in `targets/`. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("targets/", import.meta.url));

export const targetNames = (): string[] =>
  readdirSync(folder)
    .map((file) => file.replace(/\.ts$/, ""))
    .sort();

export const targetPath = (name: string): string => `${folder}${name}.ts`;
