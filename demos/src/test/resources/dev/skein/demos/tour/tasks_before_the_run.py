"""The tasks of sleep_by_numbers.py in asyncio's old style: made on a loop that does not run. TasksBeforeTheRun is its Java form."""

import asyncio


async def sleep_by(name, numbers):
    for number in numbers:
        print(f"{name}: sleeps {number}")
        await asyncio.sleep(number)
        print(f"{name}: slept {number}")
    return f"{name} slept {sum(numbers)} in all"


loop = asyncio.new_event_loop()
t1 = loop.create_task(sleep_by("t1", [3, 2, 1]))
t2 = loop.create_task(sleep_by("t2", [10, 5, 0]))
t1.add_done_callback(lambda done: print(f"told: {done.result()}"))
print("both are created, none has begun")
print(f"t1 is done: {loop.run_until_complete(t1)}")
print(f"between the runs: t1 is {'done' if t1.done() else 'pending'}, t2 is {'done' if t2.done() else 'pending'}")
loop.call_soon(print, "called between the runs")
print(f"t2 is done: {loop.run_until_complete(t2)}")
loop.close()
