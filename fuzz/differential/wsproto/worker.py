"""Streams from stdin, read by wsproto; verdicts to stdout, a line of JSON for each batch.

A batch is a count, then for each stream its flags (1: a server reads it, 2: permessage-deflate), the number of its
chunks, and each chunk with its length; all numbers are unsigned, of 32 bits, the lowest byte first.
"""

import json
import struct
import sys

from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, Pong, TextMessage
from wsproto.extensions import PerMessageDeflate


def judge(is_server, deflate, chunks):
    extensions = []
    if deflate:
        extension = PerMessageDeflate()
        extension.finalize("permessage-deflate")
        extensions.append(extension)
    connection = Connection(ConnectionType.SERVER if is_server else ConnectionType.CLIENT, extensions)
    told = []
    parts = []
    for chunk in chunks:
        try:
            connection.receive_data(chunk)
            for event in connection.events():
                if isinstance(event, (TextMessage, BytesMessage)):
                    parts.append(event.data)
                    if event.message_finished:
                        if isinstance(event, TextMessage):
                            told.append("text " + "".join(parts))
                        else:
                            told.append("binary " + b"".join(parts).decode("latin-1"))
                        parts = []
                elif isinstance(event, Ping):
                    told.append("ping " + bytes(event.payload).decode("latin-1"))
                elif isinstance(event, Pong):
                    told.append("pong " + bytes(event.payload).decode("latin-1"))
                elif isinstance(event, CloseConnection):
                    # A fault is told as if the peer had closed, but does not change the state.
                    if connection.state is ConnectionState.OPEN:
                        return told, int(event.code)
                    told.append("close %d %s" % (event.code, event.reason or ""))
                    return told, None
        except Exception as error:  # noqa: BLE001: what it throws is a verdict too
            return told, type(error).__name__
    return told, None


def main():
    stdin = sys.stdin.buffer

    def number():
        data = stdin.read(4)
        if len(data) < 4:
            sys.exit(0)
        return struct.unpack("<I", data)[0]

    while True:
        verdicts = []
        for _ in range(number()):
            flags = number()
            chunks = [stdin.read(number()) for _ in range(number())]
            verdicts.append(judge(flags & 1, flags & 2, chunks))
        sys.stdout.write(json.dumps(verdicts) + "\n")
        sys.stdout.flush()


main()
