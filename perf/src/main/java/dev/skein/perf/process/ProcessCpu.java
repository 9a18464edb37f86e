package dev.skein.perf.process;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The CPU time of a process, all its threads together, also those that have ended.
 *
 * <p>It is {@link ProcessClock}'s, in nanoseconds, and read in some microseconds: a load generator that stood still while it added up
 * the accounts of each thread sent all that is due in that time at once. Where there is no such clock it is the JDK's
 * word, which may be as coarse as 10 ms.
 */
public final class ProcessCpu {
    private static final Optional<ProcessClock> CLOCK = ProcessClock.find();

    /** Linux has no larger one, and a much larger one would be taken for this process. */
    private static final long LARGEST_PID = 4_194_304;

    private final long pid;
    private long marked;

    public ProcessCpu(long pid) {
        this.pid = pid;
    }

    /**
     * Sets the moment from which {@link #nanosSinceMark} counts.
     *
     * @throws IOException if there is no such process
     */
    public void mark() throws IOException {
        marked = total();
    }

    public long nanosSinceMark() throws IOException {
        return total() - marked;
    }

    private long total() throws IOException {
        OptionalLong nanos =
                CLOCK.isPresent() && pid <= LARGEST_PID ? CLOCK.get().nanos((int) pid) : told();
        return nanos.orElseThrow(
                () -> new IOException("cannot read the CPU time of process " + pid + ": has it ended?"));
    }

    /** The JDK's word. */
    private OptionalLong told() {
        Optional<Duration> told =
                ProcessHandle.of(pid).flatMap(process -> process.info().totalCpuDuration());
        return told.isPresent() ? OptionalLong.of(told.get().toNanos()) : OptionalLong.empty();
    }
}
