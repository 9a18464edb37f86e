"""Servers on asyncio's streams, with asyncio's loop or uvloop's: streams.py asyncio|uvloop echo|lines|chat"""

import asyncio
import sys
import threading


async def echo(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()


async def lines(reader, writer):
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()


room = set()


async def chat(reader, writer):
    room.add(writer)
    try:
        writer.write(b"welcome\n")
        while line := await reader.readline():
            for member in room:
                member.write(line)
            await asyncio.gather(*[member.drain() for member in room])
    finally:
        room.discard(writer)
        writer.close()


def exit_with_parent(loop, task):
    sys.stdin.read()
    loop.call_soon_threadsafe(task.cancel)


async def main(handler):
    server = await asyncio.start_server(handler, "127.0.0.1", 0, backlog=4096)
    print("listening on 127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)
    args = asyncio.get_running_loop(), asyncio.current_task()
    threading.Thread(target=exit_with_parent, args=args, daemon=True).start()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    try:
        asyncio.run(main({"echo": echo, "lines": lines, "chat": chat}[sys.argv[2]]))
    except asyncio.CancelledError:
        pass
