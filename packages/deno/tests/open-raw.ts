/** TCP below WebSocket, for peers that misbehave. */
import type { RawConnection } from "@hybi/testing/adapter-contract";

export async function openRaw(port: number): Promise<RawConnection> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let written: Promise<unknown> = Promise.resolve();
  return {
    write(bytes) {
      written = written.then(() => conn.write(bytes)).catch(() => {});
    },
    end() {
      written = written.then(() => conn.closeWrite()).catch(() => {});
    },
    received: readAll(conn),
  };
}

async function readAll(conn: Deno.Conn): Promise<Uint8Array> {
  const bytes: number[] = [];
  const buffer = new Uint8Array(4096);
  try {
    for (;;) {
      const length = await conn.read(buffer);
      if (length === null) break;
      bytes.push(...buffer.subarray(0, length));
    }
  } catch {
    // Lost: what has come is what there is.
  }
  conn.close();
  return Uint8Array.from(bytes);
}
