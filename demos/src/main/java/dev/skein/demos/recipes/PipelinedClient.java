package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.createFuture;
import static dev.skein.loop.Asyncio.createTask;

import dev.skein.loop.Future;
import dev.skein.loop.sync.Lock;
import dev.skein.net.Connection;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;

/** Many questions at a time on one connection, whose answers come in the order of the questions. */
// region client
final class PipelinedClient implements AutoCloseable {
    private final Connection server;
    private final Lock order = new Lock();
    private final ArrayDeque<Future<String>> unanswered = new ArrayDeque<>();

    PipelinedClient(Connection server) {
        this.server = server;
        createTask(this::receive);
    }

    /** Sends a line and gives the answer to it. Any number of coroutines may call this at a time. */
    String ask(String question) throws IOException {
        Future<String> answer = createFuture();
        try (var _ = order.hold()) {
            unanswered.addLast(answer);
            try {
                server.writer().writeLine(question); // may suspend: without the lock another could come between
            } catch (Throwable notSent) {
                unanswered.removeLast();
                throw notSent;
            }
        }
        return answer.await();
    }

    private void receive() {
        String end = "the server hung up";
        try {
            for (String line : server.reader().lines()) {
                Future<String> asked = unanswered.removeFirst();
                if (!asked.isDone()) { // else the coroutine that asked was cancelled
                    asked.setResult(line);
                }
            }
        } catch (UncheckedIOException lost) {
            end = lost.getMessage();
        } finally {
            close();
            for (Future<String> asked : unanswered) {
                if (!asked.isDone()) {
                    asked.setException(new EOFException(end));
                }
            }
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
// endregion
