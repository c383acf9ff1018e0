/** Raw TCP, for peers that misbehave. */
import type { RawConnection } from "@hybi/testing/adapter-contract";

export async function openRaw(port: number): Promise<RawConnection> {
  const chunks: Uint8Array[] = [];
  const received = Promise.withResolvers<Uint8Array>();
  const finish = (): void => received.resolve(new Uint8Array(Buffer.concat(chunks)));
  /** Bytes that the kernel has not taken yet. */
  const unwritten: Uint8Array[] = [];
  const write = (): void => {
    for (let chunk = unwritten[0]; chunk !== undefined; chunk = unwritten[0]) {
      const written = Math.max(0, socket.write(chunk));
      if (written < chunk.length) {
        unwritten[0] = chunk.subarray(written);
        return;
      }
      unwritten.shift();
    }
  };
  const socket = await Bun.connect({
    hostname: "127.0.0.1",
    port,
    allowHalfOpen: true,
    socket: {
      data: (_, chunk) => void chunks.push(chunk.slice()),
      drain: write,
      end: (ended) => void ended.end(),
      error: finish,
      close: finish,
    },
  });
  return {
    write(bytes) {
      unwritten.push(bytes);
      if (unwritten.length === 1) write();
    },
    end: () => socket.shutdown(),
    pause: () => void socket.pause(),
    drop: () => socket.terminate(),
    received: received.promise,
  };
}
