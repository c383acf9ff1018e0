/** Raw TCP, for peers that misbehave. */
import type { RawConnection } from "@hybi/testing/adapter-contract";

export async function openRaw(port: number): Promise<RawConnection> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  let written: Promise<unknown> = Promise.resolve();
  const reading = { isPaused: false };
  return {
    write(bytes) {
      written = written.then(() => writeAll(conn, bytes)).catch(() => {});
    },
    end() {
      written = written.then(() => conn.closeWrite()).catch(() => {});
    },
    pause() {
      reading.isPaused = true;
    },
    drop() {
      close(conn);
    },
    received: readAll(conn, reading),
  };
}

async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) at += await conn.write(bytes.subarray(at));
}

async function readAll(conn: Deno.Conn, reading: { readonly isPaused: boolean }): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  const buffer = new Uint8Array(4096);
  try {
    while (!reading.isPaused) {
      const length = await conn.read(buffer);
      if (length === null) break;
      chunks.push(buffer.slice(0, length));
    }
  } catch {
    // The connection was lost; keep what has arrived.
  }
  if (!reading.isPaused) close(conn);
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // The connection was closed already.
  }
}
