"""Servers on asyncio's protocols, with asyncio's loop or uvloop's: protocol.py asyncio|uvloop echo|lines"""

import asyncio
import sys
import threading


class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(data)


class Lines(asyncio.Protocol):
    def __init__(self):
        self.rest = b""

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        *lines, self.rest = (self.rest + data).split(b"\n")
        if lines:
            self.transport.write(b"".join([line.decode().encode() + b"\n" for line in lines]))


def exit_with_parent(loop, task):
    sys.stdin.read()
    loop.call_soon_threadsafe(task.cancel)


async def main(protocol):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, backlog=4096)
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    args = loop, asyncio.current_task()
    threading.Thread(target=exit_with_parent, args=args, daemon=True).start()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    try:
        asyncio.run(main({"echo": Echo, "lines": Lines}[sys.argv[2]]))
    except asyncio.CancelledError:
        pass
