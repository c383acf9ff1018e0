/** Broadcasts to connections without system calls: what is left is the implementation, and the streams of Node. */
import { cpuTime, nextTurn, type PreparedTask, type Task } from "../task.ts";
import { openServer } from "./servers.ts";
import { SilentSocket } from "./silent-socket.ts";

const connections = 1000;
const broadcasts = 50;
const text = "x".repeat(200);
const headerLength = 4;

export async function prepareBroadcast(_task: Task, implementation: string): Promise<PreparedTask> {
  const server = openServer(implementation);
  const sockets = Array.from({ length: connections }, () => new SilentSocket());
  for (const socket of sockets) await server.open(socket);
  const written = (): number => sockets.reduce((sum, socket) => sum + socket.written, 0);
  return {
    messages: connections * broadcasts,
    verify: () => `${sockets.length} connections`,
    time: async () => {
      const before = written();
      const start = cpuTime();
      for (let index = 0; index < broadcasts; index++) {
        server.broadcast(text);
        await nextTurn();
      }
      const spent = cpuTime() - start;
      if (written() - before !== connections * broadcasts * (text.length + headerLength))
        throw new Error("The broadcasts were not written.");
      return spent;
    },
  };
}
