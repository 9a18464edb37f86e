package dev.skein.demos.tour;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Future;
import dev.skein.loop.Loop;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;

/**
 * asyncio's {@code gather}: one future of many results, in the order of the arguments, whichever is done first.
 *
 * <p>It takes what is finished, what is not, and coroutines that have not begun. Its first failure is that of the whole,
 * and the others continue.
 */
final class GatherFutures {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private GatherFutures() {}

    static void main() {
        show(System.out);
    }

    static void show(PrintStream out) {
        run(() -> gatherFutures(out));
    }

    static void gatherFutures(PrintStream out) {
        Loop loop = Loop.current();
        Future<String> unfinished = loop.createFuture();
        loop.callLater(SECOND, () -> unfinished.setResult("unfinished for a second"));
        Future<String> finished = loop.createFuture();
        finished.setResult("finished before");

        Future<List<String>> all = gather(unfinished, finished, () -> coroutine(out));
        out.println("gathered: unfinished " + unfinished.isDone() + ", finished " + finished.isDone() + ", all "
                + all.isDone());
        out.println("all: " + await(all));

        Future<String> failed = loop.createFuture();
        failed.setException(new IllegalStateException("no result"));
        Future<String> later = loop.createFuture();
        loop.callLater(SECOND, () -> later.setResult("a result all the same"));
        try {
            await(gather(later, failed));
        } catch (IllegalStateException e) {
            out.println("one failed: " + e.getMessage() + "; the other done: " + later.isDone());
        }
        out.println("the other: " + await(later));
        out.println("of nothing: " + await(gather()));
    }

    private static String coroutine(PrintStream out) {
        out.println("the coroutine has begun");
        sleep(SECOND.dividedBy(2));
        return "a coroutine's";
    }
}
