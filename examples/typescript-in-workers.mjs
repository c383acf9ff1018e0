/** Loads tsx in the workers of a program as well, because Node 20 does not read TypeScript by itself. See `pnpm example`. */
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

if (!isMainThread) register();
