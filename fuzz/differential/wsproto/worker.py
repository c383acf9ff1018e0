"""Reads streams from stdin with wsproto; writes verdicts to stdout, a line of JSON for each batch.

A batch is a count, then for each stream its flags (1: a server reads it, 2: permessage-deflate, 4: it is an opening and
not frames), the number of its chunks, and each chunk with its length; all numbers are unsigned, of 32 bits, the lowest
byte first.
"""

import json
import struct
import sys

import h11
import wsproto.handshake
from wsproto import WSConnection
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import (
    AcceptConnection,
    BytesMessage,
    CloseConnection,
    Ping,
    Pong,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.extensions import PerMessageDeflate


# The same as in openings/terms.ts and openings/ours.ts.
SUPPORTED = ["chat", "superchat"]
KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
MAX_HEAD = 2048
wsproto.handshake.generate_nonce = lambda: KEY


def answer_request(deflate, chunks):
    """Returns a server's verdict on a request: its terms and the bytes behind the head; the reason it is rejected; or neither."""
    server = WSConnection(ConnectionType.SERVER)
    http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD)
    server.handshake._h11_connection = http
    for index, chunk in enumerate(chunks):
        try:
            # An empty chunk would mean the end to it.
            if not chunk:
                continue
            server.receive_data(chunk)
            for event in server.events():
                if not isinstance(event, Request):
                    continue
                rest = len(http.trailing_data[0]) + sum(map(len, chunks[index + 1 :]))
                subprotocol = next((each for each in event.subprotocols if each in SUPPORTED), None)
                extensions = [PerMessageDeflate()] if deflate else []
                response = server.send(AcceptConnection(subprotocol=subprotocol, extensions=extensions))
                agreed = extensions_of(response)
                return ["subprotocol " + (subprotocol or ""), "extensions " + agreed, "rest %d" % rest], None
        except Exception as error:  # noqa: BLE001: what it throws is a verdict too
            return [reason(error)], "refused"
    return [], None


def extensions_of(response):
    for line in response.decode("latin-1").split("\r\n"):
        if line.lower().startswith("sec-websocket-extensions:"):
            return line.split(":", 1)[1].strip()
    return ""


def read_response(deflate, chunks):
    """Like `answer_request`, for a client and a response."""
    client = WSConnection(ConnectionType.CLIENT)
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    client.handshake._h11_connection = http
    offered = [PerMessageDeflate()] if deflate else []
    client.send(Request(host="example.com", target="/", subprotocols=SUPPORTED, extensions=offered))
    for index, chunk in enumerate(chunks):
        try:
            # An empty chunk would mean the end to it.
            if not chunk:
                continue
            client.receive_data(chunk)
            for event in client.events():
                if isinstance(event, RejectConnection):
                    return ["status %d" % event.status_code], "refused"
                if isinstance(event, AcceptConnection):
                    rest = len(http.trailing_data[0]) + sum(map(len, chunks[index + 1 :]))
                    subprotocol = event.subprotocol or ""
                    agreed = ", ".join(dict.fromkeys(each.name for each in event.extensions))
                    return ["subprotocol " + subprotocol, "extensions " + agreed, "rest %d" % rest], None
        except Exception as error:  # noqa: BLE001: what it throws is a verdict too
            return [reason(error)], "refused"
    return [], None


def reason(error):
    cause = error.__context__ or error
    return "%s: %s" % (type(cause).__name__, cause)


def judge_opening(is_server, deflate, chunks):
    return answer_request(deflate, chunks) if is_server else read_response(deflate, chunks)


def judge(is_server, deflate, chunks):
    extensions = []
    if deflate:
        extension = PerMessageDeflate()
        extension.finalize("permessage-deflate")
        extensions.append(extension)
    connection = Connection(ConnectionType.SERVER if is_server else ConnectionType.CLIENT, extensions)
    events = []
    parts = []
    for chunk in chunks:
        try:
            connection.receive_data(chunk)
            for event in connection.events():
                if isinstance(event, (TextMessage, BytesMessage)):
                    parts.append(event.data)
                    if event.message_finished:
                        if isinstance(event, TextMessage):
                            events.append("text " + "".join(parts))
                        else:
                            events.append("binary " + b"".join(parts).decode("latin-1"))
                        parts = []
                elif isinstance(event, Ping):
                    events.append("ping " + bytes(event.payload).decode("latin-1"))
                elif isinstance(event, Pong):
                    events.append("pong " + bytes(event.payload).decode("latin-1"))
                elif isinstance(event, CloseConnection):
                    # A fault is reported as if the peer had closed, but does not change the state.
                    if connection.state is ConnectionState.OPEN:
                        return events, int(event.code)
                    events.append("close %d %s" % (event.code, event.reason or ""))
                    return events, None
        except Exception as error:  # noqa: BLE001: what it throws is a verdict too
            return events, type(error).__name__
    return events, None


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
            ask = judge_opening if flags & 4 else judge
            verdicts.append(ask(flags & 1, flags & 2, chunks))
        sys.stdout.write(json.dumps(verdicts) + "\n")
        sys.stdout.flush()


main()
