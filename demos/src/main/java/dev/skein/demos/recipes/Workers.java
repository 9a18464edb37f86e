package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.taskGroup;

import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.QueueShutDownException;
import java.util.List;
import java.util.function.Consumer;

/** A few workers that share a queue of jobs. */
final class Workers {
    private Workers() {}

    // region workers
    static void process(List<String> jobs, int workers, Consumer<String> work) {
        Queue<String> queue = new Queue<>(100); // a full queue makes the producer wait
        taskGroup(group -> {
            for (int i = 0; i < workers; i++) {
                group.createTask(() -> takeFrom(queue, work), "worker-" + i);
            }
            for (String job : jobs) {
                queue.put(job);
            }
            queue.shutdown(); // the workers take what is left, and end
        });
    }

    private static void takeFrom(Queue<String> queue, Consumer<String> work) {
        try {
            while (true) {
                work.accept(queue.get());
            }
        } catch (QueueShutDownException empty) {
            // All jobs are taken.
        }
    }
    // endregion
}
