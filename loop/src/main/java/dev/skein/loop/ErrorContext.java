package dev.skein.loop;

import io.netty.channel.Channel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What went wrong where nobody awaits it: what asyncio passes to an exception handler as a dictionary.
 *
 * @param message what happened, for a reader of logs
 * @param exception what was thrown, if anything was. Of a future that was collected unseen, and whose exception may have known
 *     it, something that prints as that exception would
 * @param task the task it happened in, or that it is about
 * @param channel the connection it is about
 * @param creation where the task, future or callback was created, innermost frame first; known in debug mode only
 */
public record ErrorContext(
        String message,
        Optional<Throwable> exception,
        Optional<Task<?>> task,
        Optional<Channel> channel,
        List<StackTraceElement> creation) {
    /** Copies the list. */
    public ErrorContext {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(exception, "exception");
        Objects.requireNonNull(task, "task");
        Objects.requireNonNull(channel, "channel");
        creation = List.copyOf(Objects.requireNonNull(creation, "creation"));
    }

    /** A context of which only the message is known. */
    public static ErrorContext of(String message) {
        return new ErrorContext(message, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    /** This context with what was thrown. */
    public ErrorContext withException(Throwable thrown) {
        return new ErrorContext(
                message, Optional.of(Objects.requireNonNull(thrown, "thrown")), task, channel, creation);
    }

    /** This context with the task that it is about. */
    public ErrorContext withTask(Task<?> about) {
        return new ErrorContext(
                message, exception, Optional.of(Objects.requireNonNull(about, "about")), channel, creation);
    }

    /** This context with the connection that it is about. */
    public ErrorContext withChannel(Channel about) {
        return new ErrorContext(
                message, exception, task, Optional.of(Objects.requireNonNull(about, "about")), creation);
    }

    /** This context with where the thing that it is about was created. */
    public ErrorContext withCreation(List<StackTraceElement> frames) {
        return new ErrorContext(message, exception, task, channel, Objects.requireNonNull(frames, "frames"));
    }

    /** Lines for a log: nothing where the place is not known. */
    static String describeCreation(List<StackTraceElement> frames) {
        return frames.isEmpty()
                ? ""
                : frames.stream().map(frame -> "\n    at " + frame).collect(Collectors.joining("", "\n  created", ""));
    }

    /** For a log: the message, then the task and the channel, then the place of creation. */
    @Override
    public String toString() {
        return message
                + task.map(t -> " in " + t).orElse("")
                + channel.map(c -> " on " + Repr.of(c)).orElse("")
                + describeCreation(creation);
    }
}
