package dev.skein.loop;

import io.netty.channel.Channel;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The description of an error that no code awaits, for an {@link ExceptionHandler}: asyncio's context dictionary.
 *
 * {@snippet :
 * try {
 *     process("one line");
 * } catch (Exception e) {
 *     Loop.current().callExceptionHandler(ErrorContext.of("cannot process a line").withException(e));
 * }
 * }
 *
 * @param message what happened, for a log
 * @param exception the exception, if there is one. If a future was garbage-collected and its exception may refer to it, a
 *     stand-in that prints as the original does
 * @param task the task in which it happened, or which it is about
 * @param channel the connection that it is about
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

    /** Returns a context with a message only. */
    public static ErrorContext of(String message) {
        return new ErrorContext(message, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    }

    /** Returns this context with an exception. */
    public ErrorContext withException(Throwable thrown) {
        return new ErrorContext(
                message, Optional.of(Objects.requireNonNull(thrown, "thrown")), task, channel, creation);
    }

    /** Returns this context with the task that it is about. */
    public ErrorContext withTask(Task<?> about) {
        return new ErrorContext(
                message, exception, Optional.of(Objects.requireNonNull(about, "about")), channel, creation);
    }

    /** Returns this context with the connection that it is about. */
    public ErrorContext withChannel(Channel about) {
        return new ErrorContext(
                message, exception, task, Optional.of(Objects.requireNonNull(about, "about")), creation);
    }

    /** Returns this context with the place where the task, future or callback was created. */
    public ErrorContext withCreation(List<StackTraceElement> frames) {
        return new ErrorContext(message, exception, task, channel, Objects.requireNonNull(frames, "frames"));
    }

    /** Lines for a log, empty if the place is not known. */
    static String describeCreation(List<StackTraceElement> frames) {
        return frames.isEmpty()
                ? ""
                : frames.stream().map(frame -> "\n    at " + frame).collect(Collectors.joining("", "\n  created", ""));
    }

    /** Returns a text for a log: the message, the task, the channel, and the place of creation. */
    @Override
    public String toString() {
        return message
                + task.map(t -> " in " + t).orElse("")
                + channel.map(c -> " on " + Repr.of(c)).orElse("")
                + describeCreation(creation);
    }
}
