package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.taskGroup;
import static dev.skein.loop.Asyncio.timeout;

import dev.skein.loop.Action;
import dev.skein.loop.ExceptionGroup;
import dev.skein.loop.Task;
import dev.skein.net.Connection;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;

/** Failures of several tasks, and cleaning up. */
final class Errors {
    private final Set<Task<?>> background = new LinkedHashSet<>();

    // region group
    static void both(Action first, Action second) {
        try {
            taskGroup(group -> {
                group.createTask(first);
                group.createTask(second);
            });
        } catch (ExceptionGroup failures) {
            var split = failures.split(IOException.class);
            split.matching().ifPresent(io -> System.out.println("lost: " + io.members()));
            split.rest().ifPresent(rest -> {
                throw rest;
            });
        }
    }
    // endregion

    // region finally
    static void serve(Connection peer) throws IOException {
        try {
            peer.reader().readLine();
        } finally {
            timeout(Duration.ofSeconds(1), () -> peer.writer().writeLine("bye"));
        }
    }
    // endregion

    // region background
    void start(Action body) {
        Task<?> task = createTask(body);
        background.add(task);
        task.addDoneCallback(background::remove);
    }
    // endregion
}
