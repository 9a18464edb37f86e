package dev.skein.net.torture;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/** Looks at all who take part until their time is over, and fails as soon as one has failed or is silent for too long. */
final class Watch {
    private static final Duration LOOK = Duration.ofMillis(100);

    private final List<Part> parts;
    private final Duration limit;

    /** Those that share nothing come first among {@code parts}: if one is silent, its loop is lost. */
    Watch(List<Part> parts, Duration limit) {
        this.parts = parts;
        this.limit = limit;
    }

    void through(Duration length) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        long end = System.nanoTime() + length.toNanos();
        do {
            parts.forEach(Watch::checkNotFailed);
            checkNotSilent();
        } while (!never.await(LOOK.toMillis(), TimeUnit.MILLISECONDS) && System.nanoTime() - end < 0);
    }

    /** Waits until each has ended, as it does once it sees that the torture is over. */
    void awaitEnd() throws InterruptedException {
        for (Part part : parts) {
            try {
                part.ended().get(limit.toMillis(), TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                throw new AssertionError(part.pulse().name() + " failed", e.getCause());
            } catch (TimeoutException e) {
                throw silence(
                        parts.stream().filter(other -> !other.ended().isDone()).toList());
            }
        }
    }

    private static void checkNotFailed(Part part) {
        if (part.ended().isCompletedExceptionally()) {
            throw new AssertionError(
                    part.pulse().name() + " failed", part.ended().exceptionNow());
        }
    }

    private void checkNotSilent() {
        long tooLong = limit.dividedBy(LOOK);
        boolean isOneSilent = false;
        for (Part part : parts) {
            isOneSilent |= part.pulse().looksInVain() >= tooLong;
        }
        if (isOneSilent) {
            // With those who will be soon: the first to be silent may only wait for one of them.
            throw silence(parts.stream()
                    .filter(part -> part.pulse().silence().compareTo(limit.dividedBy(2)) > 0)
                    .toList());
        }
    }

    private AssertionError silence(List<Part> silent) {
        Part first = silent.getFirst();
        List<Pulse> beside = silent.stream()
                .filter(part -> part.where().equals(first.where()))
                .map(Part::pulse)
                .toList();
        Set<String> places = silent.stream().map(Part::where).collect(Collectors.toCollection(TreeSet::new));
        return new AssertionError(first.pulse() + "; " + silent.size() + " of " + parts.size() + " are silent, in "
                + String.join(", ", places) + "\n" + HangReport.of(beside));
    }
}
