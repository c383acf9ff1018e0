/** Clients that reset their connection before it is accepted. */
import { connect, listen } from "@hybi/deno";
import { expect, it } from "vitest";

/** A program that connects and resets that many times, and prints how often it succeeded. */
const leavers = (port: number, count: number): string => `
  import { connect } from "node:net";
  let done = 0;
  for (let index = 0; index < ${count}; index++) {
    await new Promise((resolve) => {
      const socket = connect(${port}, "127.0.0.1", () => {
        socket.on("close", resolve);
        socket.resetAndDestroy();
      });
    });
    done++;
  }
  console.log(done);
`;

it("clients that reset before they are accepted cause no errors and delay no other client", async () => {
  const errors: unknown[] = [];
  const server = await listen(
    (opening) => {
      const socket = opening.accept();
      socket.onmessage = ({ data }) => socket.send(data);
    },
    { host: "127.0.0.1", onError: (error) => errors.push(error) },
  );
  // Block this thread meanwhile, so that all of them have left before the first is accepted.
  const { stdout } = new Deno.Command(Deno.execPath(), {
    args: ["eval", leavers(server.port, 50)],
  }).outputSync();
  expect(new TextDecoder().decode(stdout).trim()).toBe("50");
  const realSetTimeout = globalThis.setTimeout;
  let pauses = 0;
  globalThis.setTimeout = ((task: () => void, milliseconds?: number) => {
    if (milliseconds === 10) pauses++;
    return realSetTimeout(task, milliseconds);
  }) as typeof setTimeout;
  try {
    const socket = await connect(server.url);
    const echo = new Promise((resolve) => {
      socket.onmessage = ({ data }) => resolve(data);
    });
    socket.send("still there?");
    expect(await echo).toBe("still there?");
    socket.close();
  } finally {
    globalThis.setTimeout = realSetTimeout;
  }
  expect({ errors, pauses }).toEqual({ errors: [], pauses: 0 });
  await server.close();
});
