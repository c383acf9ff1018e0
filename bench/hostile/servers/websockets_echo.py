"""An echo server with websockets and its defaults; compression is on by default."""

import asyncio
import json
import platform
import ssl
import sys

import websockets
from websockets.asyncio.server import serve


async def echo(websocket):
    async for message in websocket:
        await websocket.send(message)


def port_of(server):
    return server.sockets[0].getsockname()[1]


async def main():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    host = "127.0.0.1"
    async with serve(echo, host, 0) as server, serve(echo, host, 0, ssl=context) as secure:
        title = f"websockets {websockets.__version__} in Python {platform.python_version()}"
        print(json.dumps({"title": title, "port": port_of(server), "tlsPort": port_of(secure)}), flush=True)
        await server.serve_forever()


asyncio.run(main())
