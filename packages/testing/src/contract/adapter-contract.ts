/** One suite that every adapter must pass, over real sockets of its own runtime. */
import type { TestedAdapter } from "./adapter.ts";
import { closingContract } from "./closing.ts";
import { doorContract } from "./door.ts";
import { errorContract } from "./errors.ts";
import { flowContract } from "./flow.ts";
import { hostileContract } from "./hostile.ts";
import { interfaceContract } from "./interface.ts";
import { lateTimerContract } from "./late-timers.ts";
import { memoryContract } from "./memory.ts";
import { messageContract } from "./messages.ts";
import { neighbourContract } from "./neighbours.ts";
import { openingContract } from "./opening.ts";
import { optionContract } from "./options.ts";
import { reconnectingContract } from "./reconnecting.ts";
import { robustnessContract } from "./robustness.ts";
import type { Runner } from "./runner.ts";
import { shutdownContract } from "./shutdown.ts";
import { tlsContract } from "./tls.ts";
import { unixSocketContract } from "./unix-socket.ts";

/**
 * Declares the suite with the functions of any test runner that has `describe`, `it` and `expect`. The suite listens
 * on 127.0.0.1 only and does not sleep.
 *
 * @example
 * import { describe, expect, it } from "vitest";
 * adapterContract("@hybi/deno", { connect, listen, openRaw, tls }, { describe, it, expect });
 */
export function adapterContract(name: string, adapter: TestedAdapter, runner: Runner): void {
  runner.describe(name, () => {
    openingContract(adapter, runner);
    doorContract(adapter, runner);
    messageContract(adapter, runner);
    closingContract(adapter, runner);
    shutdownContract(adapter, runner);
    flowContract(adapter, runner);
    robustnessContract(adapter, runner);
    errorContract(adapter, runner);
    interfaceContract(adapter, runner);
    neighbourContract(adapter, runner);
    hostileContract(adapter, runner);
    memoryContract(adapter, runner);
    lateTimerContract(adapter, runner);
    optionContract(adapter, runner);
    reconnectingContract(adapter, runner);
    tlsContract(adapter, runner);
    unixSocketContract(adapter, runner);
  });
}
