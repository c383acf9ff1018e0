/**
 * Flags of Node with which measurements of memory repeat: no thread that compiles or collects meanwhile, no optimised code (which leaves
 * some objects out, and when it is ready is chance), no bytecode discarded and compiled again (which happens by its age in seconds),
 * everything collected by `gc()` only, and the same hashes each time.
 */
export const heapFlags: readonly string[] = [
  "--expose-gc",
  "--single-threaded",
  "--no-opt",
  "--no-maglev",
  "--no-lazy-feedback-allocation",
  "--no-flush-bytecode",
  "--min-semi-space-size=64",
  "--max-semi-space-size=64",
  "--hash-seed=1",
  "--random-seed=1",
];
