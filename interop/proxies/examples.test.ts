/** The programs of the examples, run as the documents say. */
import { expect, it } from "vitest";
import { run } from "../../tooling/repository.ts";
import { proxyNames } from "./world.ts";

it.each(proxyNames)(
  "pnpm example:%s prints how a client reconnects to the other server",
  async (name) => {
    const { exitCode, output } = await run(["pnpm", "--silent", `example:${name}`], {
      capture: true,
      timeoutMs: 60_000,
    });
    const lines = output.split("\n").filter((line) => /^(ada|bob|one|two|nginx|haproxy) /.test(line));
    expect(lines, output).toEqual([
      expect.stringMatching(new RegExp(`^${name} listens on ws://127\\.0\\.0\\.1:\\d+, in front of two servers$`)),
      ...[
        "ada is at one",
        "bob is at two",
        "one has 1, two has 1",
        "one is stopped",
        "ada receives 1001 a new version",
      ],
      ...["ada is at two", "two has 2"],
    ]);
    expect(exitCode).toBe(0);
  },
  90_000,
);
