/** The newest undici that this version of Node runs. */
const [major = 0] = process.versions.node.split(".").map(Number);

/** Whether it is undici 8, which needs Node 22.19. */
export const isUndici8: boolean = major >= 22;

const name = isUndici8 ? "undici-8" : "undici";
export const undici: typeof import("undici") = await import(name);
