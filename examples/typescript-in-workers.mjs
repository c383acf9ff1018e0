/** What tsx does for a program, done for its workers too: Node 20 does not read TypeScript by itself. See `pnpm example`. */
import { isMainThread } from "node:worker_threads";
import { register } from "tsx/esm/api";

if (!isMainThread) register();
