package dev.skein.loop;

import java.io.Serial;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Several exceptions thrown together: Python's {@code ExceptionGroup} and {@code BaseExceptionGroup}. A {@link TaskGroup}
 * throws one, and any code may create one. Any thread.
 *
 * {@snippet :
 * try {
 *     taskGroup(group -> {
 *         group.createTask(() -> fetch("index"));
 *     });
 * } catch (ExceptionGroup failures) {
 *     ExceptionGroup.Split split = failures.split(IOException.class);
 *     split.matching().ifPresent(io -> IO.println(io.members()));
 *     split.rest().ifPresent(rest -> { throw rest; });
 * }
 * }
 *
 * <p>The members are the original exceptions, including checked ones and Errors, in the order in which they occurred. A
 * member that is itself a group stays one. The members are also its suppressed exceptions, so a printed stack trace shows
 * them all.
 *
 * <p>{@link #split} stands for Python's {@code except*}: handle what matches, and throw the rest again.
 */
public final class ExceptionGroup extends RuntimeException {
    @Serial
    private static final long serialVersionUID = 1;

    /**
     * A group in two parts, of which either may be missing.
     *
     * @param matching the members for which the condition is true, within the groups that contained them
     * @param rest the other members, likewise
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
     * Creates a group of {@code members}, in their order.
     *
     * @param message what they have in common; {@link #getMessage} adds their number
     * @throws IllegalArgumentException if {@code members} is empty
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

    /** Returns the members, in the order in which they occurred. */
    public List<Throwable> members() {
        return members;
    }

    /**
     * Returns the group of the members for which {@code condition} is true, or empty if there is none. Tests each exception
     * at any depth, but not the nested groups themselves, which are kept around the members that are left.
     */
    public Optional<ExceptionGroup> subgroup(Predicate<? super Throwable> condition) {
        return split(Objects.requireNonNull(condition, "condition")).matching();
    }

    /** As {@link #subgroup(Predicate)}, for the exceptions of {@code type}. */
    public Optional<ExceptionGroup> subgroup(Class<? extends Throwable> type) {
        return subgroup(Objects.requireNonNull(type, "type")::isInstance);
    }

    /** Returns the members for which {@code condition} is true, and the others, as {@link #subgroup(Predicate)} does. */
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

    /** As {@link #split(Predicate)}, for the exceptions of {@code type}. */
    public Split split(Class<? extends Throwable> type) {
        return split(Objects.requireNonNull(type, "type")::isInstance);
    }

    /** Whether {@code some} are all members, by identity: an {@code equals} of theirs does not count. */
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

    /** A group of some members, with the stack trace and the cause of this group. */
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
