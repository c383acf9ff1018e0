/** Recognizes bytes of TLS where HTTP is expected, to say so: of all mistakes of a URL, ws for wss or the reverse is the most common. */

/** RFC 8446 §5.1: the types of the records with which TLS begins, or refuses to. Neither is a byte of a start line. */
const alert = 0x15;
const handshake = 0x16;

/** The detail of the violation of a head that begins with `byte`; undefined unless the byte is of TLS. */
export function tlsDetail(byte: number | undefined): string | undefined {
  if (byte !== alert && byte !== handshake) return undefined;
  return "It is a TLS record: one side uses TLS (wss:), and the other does not (ws:).";
}
