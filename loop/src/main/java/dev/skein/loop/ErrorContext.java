package dev.skein.loop;

import io.netty.channel.Channel;
import java.util.Optional;

/**
 * What went wrong where nobody awaits it: what asyncio passes to an exception handler as a dictionary.
 *
 * @param message what happened, for a reader of logs
 * @param exception what was thrown, if anything was
 * @param task the task it happened in, or that it is about
 * @param channel the connection it is about
 */
public record ErrorContext(
        String message, Optional<Throwable> exception, Optional<Task<?>> task, Optional<Channel> channel) {
    /** A context of which only the message is known. */
    public static ErrorContext of(String message) {
        return new ErrorContext(message, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** This context with what was thrown. */
    public ErrorContext withException(Throwable thrown) {
        return new ErrorContext(message, Optional.of(thrown), task, channel);
    }

    /** This context with the task that it is about. */
    public ErrorContext withTask(Task<?> about) {
        return new ErrorContext(message, exception, Optional.of(about), channel);
    }

    /** This context with the connection that it is about. */
    public ErrorContext withChannel(Channel about) {
        return new ErrorContext(message, exception, task, Optional.of(about));
    }

    /** One line for a log: the message, then the task and the channel. */
    @Override
    public String toString() {
        return message
                + task.map(t -> " in " + t).orElse("")
                + channel.map(c -> " on " + c).orElse("");
    }
}
