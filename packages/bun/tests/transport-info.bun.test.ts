/** What handlers learn of a connection, in Bun. */
import { BunTransportInfo, connect, listen, type TransportInfo } from "@hybi/bun";
import { selfSigned } from "@hybi/testing/adapter-contract";
import { expect, it } from "vitest";

const { key, cert } = await selfSigned();
const host = "127.0.0.1";

it.each([
  ["TCP", undefined, undefined],
  ["TLS", { key, cert }, { tls: { ca: cert } }],
])(
  "the info of an opening has the addresses of a connection over %s, and the runtime's own object",
  async (_, tls, transportOptions) => {
    const infos: TransportInfo[] = [];
    const facts: object[] = [];
    const server = await listen(
      (opening) => {
        const { info } = opening;
        const { secure, remoteAddress, remotePort, localAddress, localPort } = info;
        infos.push(info);
        facts.push({
          secure,
          remoteAddress,
          remotePort,
          localAddress,
          localPort,
          certificate: info.peerCertificate?.(),
        });
        const socket = opening.accept({ context: "a user" });
        socket.send(String(socket.context));
      },
      { host, tls },
    );
    const socket = await connect(server.url, { transportOptions });
    for await (const message of socket) {
      expect(message).toBe("a user");
      break;
    }
    expect(infos[0]).toBeInstanceOf(BunTransportInfo);
    expect((infos[0] as BunTransportInfo).native).toBeTypeOf("object");
    expect(facts).toEqual([
      {
        secure: tls !== undefined,
        remoteAddress: host,
        remotePort: expect.any(Number),
        localAddress: host,
        localPort: server.port,
        certificate: undefined,
      },
    ]);
    socket.close();
    await server.close();
  },
);
