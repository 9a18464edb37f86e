package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Task;
import dev.skein.loop.testing.TestLoop;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What the programs of the tour print that run the same three jobs in four ways. */
class FourWaysTest {
    private final Printed printed = new Printed();

    @Test
    void jobsThatComputeRunAtOnceOnThreeThreads() {
        Asyncio.run(() -> ComputingThreads.compute(printed.out()));

        assertThat(printed.lines())
                .containsExactly(
                        "168 primes below 1000, computed on cpu-1",
                        "1229 primes below 10000, computed on cpu-2",
                        "9592 primes below 100000, computed on cpu-3",
                        "3 jobs at once on 3 threads");
    }

    @Test
    void jobsThatBlockDoNotHoldTheLoop() {
        Asyncio.run(new BlockingThreads(printed.out())::block);

        assertThat(printed.lines())
                .containsExactly(
                        "3 threads are blocked, the loop still runs",
                        "168 primes below 1000, waited for on a thread",
                        "1229 primes below 10000, waited for on a thread",
                        "9592 primes below 100000, waited for on a thread");
    }

    @Test
    void jobsThatAwaitAreUnderWayAtOnceAndRunOneAtATime() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(new OneThread(printed.out())::takeTurns);
        }
        assertThat(printed.lines())
                .containsExactly(
                        "168 primes below 1000, awaited in a coroutine",
                        "1229 primes below 10000, awaited in a coroutine",
                        "9592 primes below 100000, awaited in a coroutine",
                        "3 jobs at once, 1 running at a time");
    }

    @Test
    void jobsInProcessesAnswerAndEnd() {
        Asyncio.run(() -> Processes.spread(printed.out()));

        assertThat(printed.lines())
                .containsExactly(
                        "3 processes wait for their work",
                        "168 primes below 1000, counted by a process that ended with status 0",
                        "1229 primes below 10000, counted by a process that ended with status 0",
                        "9592 primes below 100000, counted by a process that ended with status 0");
    }

    @Test
    void cancellingKillsTheProcesses() {
        List<ProcessHandle> children = Asyncio.run(() -> {
            List<ProcessHandle> before = ProcessHandle.current().children().toList();
            Task<?> jobs = createTask(() -> Processes.spread(printed.out()));
            yieldNow();
            List<ProcessHandle> started = ProcessHandle.current()
                    .children()
                    .filter(child -> !before.contains(child))
                    .toList();
            jobs.cancel();
            return started;
        });

        assertThat(printed.lines()).containsExactly("3 processes wait for their work");
        assertThat(children).hasSize(3);
        children.stream().map(ProcessHandle::onExit).forEach(CompletableFuture::join);
    }
}
