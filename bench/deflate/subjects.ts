/** Adapts the compression of each implementation to one interface. All process messages one by one, as a connection does. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Connection, type ConnectionEvent, plainAgreement } from "@hybi/core";
import { type DeflateCodec, permessageDeflate, portableCodec } from "@hybi/permessage-deflate";
import { zlibCodec } from "@hybi/permessage-deflate/zlib";
import { randomSource } from "../subject.ts";

/** Passes each compressed or decompressed result to `output`; resolves once all have been passed. */
export type Pass = (
  inputs: readonly Uint8Array[],
  output: (bytes: Uint8Array | string) => void,
) => Promise<void> | void;

/** The parts of an implementation that can be measured. */
export interface Subject {
  /** From messages to frames, and from frames in chunks to messages. */
  sender(takeover: boolean): Pass;
  receiver(takeover: boolean): Pass;
  /** From messages to payloads, and back. */
  deflater(takeover: boolean): Pass;
  inflater(takeover: boolean): Pass;
}

export const subjects: Readonly<Record<string, Subject>> = {
  ws: wsSubject(),
  "hybi, portable": hybiSubject(portableCodec),
  "hybi, zlib": hybiSubject(zlibCodec),
};

function hybiSubject(codec: DeflateCodec): Subject {
  const connection = (role: "client" | "server", takeover: boolean): Connection => {
    const extension = permessageDeflate({ codec, threshold: 0 });
    const parameters = takeover ? [] : ([["server_no_context_takeover", undefined]] as const);
    const agreement = { ...plainAgreement(role), extensions: [{ name: extension.name, parameters }] };
    return new Connection(agreement, { random: randomSource, extensions: [extension] });
  };
  return {
    sender: (takeover) => {
      const server = connection("server", takeover);
      return (inputs, output) => {
        for (const input of inputs) {
          server.sendBinary(input);
          const chunks = server.takeOutput();
          for (const chunk of chunks) output(chunk);
          server.releaseOutput(chunks);
        }
      };
    },
    receiver: (takeover) => {
      const client = connection("client", takeover);
      return (inputs, output) => {
        for (const input of inputs) {
          for (const event of client.receive(input)) output(binaryOf(event));
        }
      };
    },
    deflater: (takeover) => {
      const deflater = codec.createDeflater({ windowBits: 15, level: 6, memoryLevel: 8 });
      return (inputs, output) => {
        for (const input of inputs) {
          deflater.push(input, 0, input.length, true, (bytes, start, end) => {
            output(bytes.slice(start, end));
            return true;
          });
          if (!takeover) deflater.reset();
        }
      };
    },
    inflater: (takeover) => {
      const inflater = codec.createInflater({ windowBits: 15 });
      return (inputs, output) => {
        for (const input of inputs) {
          inflater.push(input, 0, input.length, (bytes, start, end) => {
            output(bytes.slice(start, end));
            return true;
          });
          if (inflater.finish() !== undefined) throw new Error("A payload cannot be inflated.");
          if (!takeover) inflater.reset();
        }
      };
    },
  };
}

function binaryOf(event: ConnectionEvent): Uint8Array {
  if (event.type !== "binary") throw new Error(`Unexpected: ${JSON.stringify(event)}`);
  return event.data;
}

interface WsDeflate {
  accept(configurations: readonly object[]): object;
  compress(data: Uint8Array, fin: boolean, callback: (error: Error | null, result: Buffer) => void): void;
  decompress(data: Uint8Array, fin: boolean, callback: (error: Error | null, result: Buffer) => void): void;
}
interface WsSender {
  send(data: Uint8Array, options: object, callback: () => void): void;
}
interface WsReceiver {
  on(event: "message" | "error", listener: (data: Buffer) => void): void;
  write(chunk: Uint8Array): void;
}

function wsSubject(): Subject {
  // The parts of `ws` are not exported.
  const require = createRequire(import.meta.url);
  const part = (name: string): unknown => require(join(dirname(require.resolve("ws")), `lib/${name}.js`));
  const PerMessageDeflate = part("permessage-deflate") as new (options: object) => WsDeflate;
  const Sender = part("sender") as new (socket: object, extensions: object) => WsSender;
  const Receiver = part("receiver") as new (options: object) => WsReceiver;
  const deflate = (isServer: boolean, takeover: boolean): WsDeflate => {
    const extension = new PerMessageDeflate({ threshold: 0, isServer });
    extension.accept([takeover ? {} : { server_no_context_takeover: [true] }]);
    return extension;
  };
  const oneByOne = (call: WsDeflate["compress"]): Pass => {
    return async (inputs, output) => {
      for (const input of inputs) {
        await new Promise<void>((resolve, reject) => {
          call(input, true, (error, result) => {
            if (error !== null) return reject(error);
            output(result);
            resolve();
          });
        });
      }
    };
  };
  return {
    sender: (takeover) => {
      let write: (bytes: Uint8Array) => void = () => {};
      const socket = { cork() {}, uncork() {}, write: (bytes: Uint8Array) => write(bytes) };
      const sender = new Sender(socket, { "permessage-deflate": deflate(true, takeover) });
      return (inputs, output) => {
        write = output;
        return new Promise((resolve) => {
          for (const [index, input] of inputs.entries()) {
            sender.send(input, { binary: true, compress: true, fin: true, mask: false }, () => {});
            if (index === inputs.length - 1) sendMarker();
          }
          function sendMarker(): void {
            // Uncompressed messages wait for compressed ones, so an empty marker shows that everything has been written.
            write = (bytes) => {
              if (bytes.length === 2 && bytes[0] === 0x82 && bytes[1] === 0) resolve();
              else if (bytes.length > 0) output(bytes);
            };
            sender.send(new Uint8Array(0), { binary: true, compress: false, fin: true, mask: false }, () => {});
          }
        });
      };
    },
    receiver: (takeover) => {
      const receiver = new Receiver({
        isServer: false,
        extensions: { "permessage-deflate": deflate(false, takeover) },
      });
      let onMessage: (data: Buffer) => void = () => {};
      receiver.on("message", (data) => onMessage(data));
      return (inputs, output) =>
        new Promise((resolve) => {
          onMessage = (data) => (data.length === 0 ? resolve() : output(data));
          for (const input of inputs) receiver.write(input);
          // An empty, uncompressed message: it is delivered after everything before it.
          receiver.write(Buffer.of(0x82, 0x00));
        });
    },
    deflater: (takeover) => {
      const extension = deflate(true, takeover);
      return oneByOne((data, fin, callback) => extension.compress(data, fin, callback));
    },
    inflater: (takeover) => {
      const extension = deflate(false, takeover);
      return oneByOne((data, fin, callback) => extension.decompress(data, fin, callback));
    },
  };
}
