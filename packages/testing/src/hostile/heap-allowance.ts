/** Bytes by which a heap may have grown after an attack: code that was compiled, and blocks that are kept for reuse. */
export const heapAllowance: number = 16 * 1_048_576;
