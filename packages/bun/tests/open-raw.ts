/** TCP below WebSocket, for peers that misbehave. */
import type { RawConnection } from "@hybi/testing/adapter-contract";

export async function openRaw(port: number): Promise<RawConnection> {
  const bytes: number[] = [];
  const received = Promise.withResolvers<Uint8Array>();
  const finish = (): void => received.resolve(Uint8Array.from(bytes));
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: {
      data: (_, chunk) => void bytes.push(...chunk),
      end: (ended) => void ended.end(),
      error: finish,
      close: finish,
    },
  });
  return {
    // Short enough for the kernel to take them at once.
    write: (chunk) => void socket.write(chunk),
    end: () => socket.shutdown(),
    received: received.promise,
  };
}
