/** Bytes by which a heap may grow through an attack: compiled code, and blocks kept for reuse. */
export const heapAllowance: number = 16 * 1_048_576;
