"""What asyncio's tasks cost: micro.py asyncio|uvloop. Reads "scenario count" lines, answers with "result NANOSECONDS"."""

import asyncio
import sys
import time

WAVE = 1000


async def take_turns(n):
    for _ in range(n):
        await asyncio.sleep(0)


async def switch(n):
    """Two tasks that take turns."""
    await asyncio.gather(take_turns(n // 2), take_turns(n // 2))


async def spawn(n):
    """Created, suspended once, finished, in waves."""
    for _ in range(n // WAVE):
        await asyncio.gather(*[asyncio.sleep(0) for _ in range(WAVE)])


async def queue(n):
    """Items through a queue of one place."""
    items = asyncio.Queue(1)

    async def produce():
        for i in range(n):
            await items.put(i)

    producer = asyncio.create_task(produce())
    for _ in range(n):
        await items.get()
    await producer


async def sleepers(n):
    """Asleep at the same time, for 1 to 100 ms."""
    await asyncio.gather(*[asyncio.sleep((1 + i * 7919 % 100) / 1000) for i in range(n)])


async def tasks(n):
    """All alive at the same time, waiting for one event."""
    event = asyncio.Event()
    waiting = [asyncio.create_task(event.wait()) for _ in range(n)]
    await asyncio.sleep(0)
    event.set()
    await asyncio.gather(*waiting)


async def cancel(n):
    """All asleep for an hour, and then cancelled."""
    sleeping = [asyncio.create_task(asyncio.sleep(3600)) for _ in range(n)]
    await asyncio.sleep(0)
    for task in sleeping:
        task.cancel()
    await asyncio.gather(*sleeping, return_exceptions=True)


if __name__ == "__main__":
    if sys.argv[1] == "uvloop":
        import uvloop

        uvloop.install()
    scenarios = {f.__name__: f for f in (switch, spawn, queue, sleepers, tasks, cancel)}
    for line in sys.stdin:
        name, count = line.split()
        start = time.perf_counter_ns()
        asyncio.run(scenarios[name](int(count)))
        print("result", time.perf_counter_ns() - start, flush=True)
