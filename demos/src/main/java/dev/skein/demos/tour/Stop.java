package dev.skein.demos.tour;

import java.io.PrintStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A stop of the tour: a program that shows one concept.
 *
 * @param name what to type for it
 * @param description what it shows
 * @param program what runs it, on a plain thread, and takes what it prints to
 */
record Stop(String name, String description, Consumer<PrintStream> program) {
    /** All, in the order in which they are best read. */
    static final List<Stop> ALL = List.of(
            new Stop("run", "run(main): a loop for one coroutine", RunMain::show),
            new Stop("new-event-loop", "newEventLoop, runUntilComplete, close", OwnLoop::show),
            new Stop("await", "a coroutine that awaits another, in three forms", AwaitAnother::show),
            new Stop("await-outside", "an await outside a coroutine, and what it says", AwaitOutside::show),
            new Stop("gather", "gather of futures finished and unfinished", GatherFutures::show),
            new Stop("as-completed", "createTask, and asCompleted over tasks that sleep (15 s)", SleepByNumbers::show),
            new Stop(
                    "before-the-run",
                    "loop.createTask, then runUntilComplete: asyncio's old style (15 s)",
                    TasksBeforeTheRun::show),
            new Stop("all-tasks", "allTasks: the tasks that are not done", AllTasks::show),
            new Stop("computing-threads", "three jobs that compute, on the threads of a pool", ComputingThreads::show),
            new Stop("blocking-threads", "the same jobs if they block, a thread for each", BlockingThreads::show),
            new Stop("one-thread", "the same jobs if they await, coroutines on one thread", OneThread::show),
            new Stop("processes", "the same jobs in processes of their own", Processes::show));

    static Optional<Stop> named(String name) {
        return ALL.stream().filter(stop -> stop.name().equals(name)).findFirst();
    }

    void show(PrintStream out) {
        program.accept(out);
    }
}
