package dev.skein.loop;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Several failures that belong together, Python's {@code ExceptionGroup}: what a {@link TaskGroup} throws. Anyone may make
 * one.
 *
 * <p>Members are the original exceptions, checked ones and Errors too, in the order in which they came; a member that is
 * itself a group stays one. They are also its suppressed exceptions, so that a printed stack trace shows them all. Python's
 * {@code BaseExceptionGroup} is this class as well.
 *
 * <p>Python's {@code except*} is {@link #split}: handle what matches, throw the rest again.
 */
public final class ExceptionGroup extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * A group in two parts.
     *
     * @param matching the members that the condition held for, in the groups in which they were
     * @param rest the others, likewise
     */
    public record Split(Optional<ExceptionGroup> matching, Optional<ExceptionGroup> rest) {
        /** Refuses null. */
        public Split {
            Objects.requireNonNull(matching, "matching");
            Objects.requireNonNull(rest, "rest");
        }
    }

    private final String text;

    @SuppressWarnings("serial") // as serializable as they are
    private final List<Throwable> members;

    /**
     * A group of {@code members}, at least one, in their order.
     *
     * @param message what they have in common; {@link #getMessage} adds how many they are
     * @throws IllegalArgumentException if there is no member
     */
    public ExceptionGroup(String message, Collection<? extends Throwable> members) {
        Objects.requireNonNull(message, "message");
        Objects.requireNonNull(members, "members");
        super(message + " (" + members.size() + (members.size() == 1 ? " sub-exception)" : " sub-exceptions)"));
        this.text = message;
        if (members.isEmpty()) {
            throw new IllegalArgumentException("an ExceptionGroup needs at least one member: " + message);
        }
        this.members = List.copyOf(members);
        this.members.forEach(this::addSuppressed);
    }

    /** The exceptions that it consists of, in the order in which they came. */
    public List<Throwable> members() {
        return members;
    }

    /**
     * The group of those members for which {@code condition} holds, none if there is no such member. It is asked about each
     * exception in it, at any depth, but not about the groups themselves: they are kept around what is left of them.
     */
    public Optional<ExceptionGroup> subgroup(Predicate<? super Throwable> condition) {
        return split(Objects.requireNonNull(condition, "condition")).matching();
    }

    /** As {@link #subgroup(Predicate)}, of the exceptions of this type. */
    public Optional<ExceptionGroup> subgroup(Class<? extends Throwable> type) {
        return subgroup(Objects.requireNonNull(type, "type")::isInstance);
    }

    /** Those for which {@code condition} holds, and the others; as in {@link #subgroup(Predicate)}. */
    public Split split(Predicate<? super Throwable> condition) {
        Objects.requireNonNull(condition, "condition");
        List<Throwable> matching = new ArrayList<>();
        List<Throwable> rest = new ArrayList<>();
        for (Throwable member : members) {
            if (member instanceof ExceptionGroup group) {
                Split parts = group.split(condition);
                parts.matching().ifPresent(matching::add);
                parts.rest().ifPresent(rest::add);
            } else {
                (condition.test(member) ? matching : rest).add(member);
            }
        }
        return new Split(part(matching), part(rest));
    }

    /** As {@link #split(Predicate)}, by type. */
    public Split split(Class<? extends Throwable> type) {
        return split(Objects.requireNonNull(type, "type")::isInstance);
    }

    /** Whether they are the very members: what their {@code equals} says does not count. */
    private boolean isAll(List<Throwable> some) {
        if (some.size() != members.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i) != members.get(i)) {
                return false;
            }
        }
        return true;
    }

    /** A group of some of its members that was thrown where this was, for the same reason. */
    private Optional<ExceptionGroup> part(List<Throwable> some) {
        if (some.isEmpty()) {
            return Optional.empty();
        }
        if (isAll(some)) {
            return Optional.of(this);
        }
        ExceptionGroup part = new ExceptionGroup(text, some);
        part.setStackTrace(getStackTrace());
        if (getCause() != null) {
            part.initCause(getCause());
        }
        return Optional.of(part);
    }
}
