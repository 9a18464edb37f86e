"""Two tasks that sleep by each number of a list, met in the order in which they end. SleepByNumbers is its Java form."""

import asyncio


async def sleep_by(name, numbers):
    for number in numbers:
        print(f"{name}: sleeps {number}")
        await asyncio.sleep(number)
        print(f"{name}: slept {number}")
    return f"{name} slept {sum(numbers)} in all"


async def main():
    t1 = asyncio.create_task(sleep_by("t1", [3, 2, 1]))
    t2 = asyncio.create_task(sleep_by("t2", [10, 5, 0]))
    print("main: both are created, none has begun")
    async for done in asyncio.as_completed([t1, t2]):
        print(f"main: {'t1' if done is t1 else 't2'} is done: {done.result()}")
    print("main: all are done")


asyncio.run(main())
