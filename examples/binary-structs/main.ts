/** A sensor that sends samples, and a server that reads them without a copy: `npx pnpm example binary-structs/main.ts`. */
import { once } from "node:events";
import { connect, listen } from "@hybi/node";
import { decodeSamples, encodeSamples } from "./samples.ts";

const server = await listen(
  (opening) => {
    const socket = opening.accept();
    socket.onmessage = ({ data }) => {
      // RFC 6455 §7.4.1: 1003 for a type of data that is not accepted, 1007 for data inconsistent with its type.
      if (!(data instanceof ArrayBuffer)) return socket.close(1003, "Only samples are accepted.");
      const samples = decodeSamples(data);
      if (samples === undefined) return socket.close(1007, "These are not samples.");
      const { channel, values } = samples;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const view = values.buffer === data && `a view at byte ${values.byteOffset}`;
      socket.send(`channel ${channel}: ${values.length} samples, mean ${mean.toFixed(3)}, ${view || "a copy"}`);
    };
  },
  { host: "127.0.0.1" },
);

const sensor = await connect(server.url);
const values = Float64Array.from({ length: 100_000 }, (_, index) => Math.sin(index / 1_000) + 20);
// The bytes are not written to any more, so they need not be copied on this end either.
sensor.send(encodeSamples({ channel: 7, startedAt: Date.now(), values }), { owned: true });
sensor.onmessage = ({ data }) => {
  console.log(data);
  sensor.send(Uint8Array.of(1, 2, 3));
};
sensor.onclose = ({ code, reason }) => console.log(`closed: ${code} ${reason}`);
await once(sensor as never, "close");
await server.close();
