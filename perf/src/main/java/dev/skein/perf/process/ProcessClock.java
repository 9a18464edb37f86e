package dev.skein.perf.process;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * POSIX's clock of the CPU time of another process: {@code clock_getcpuclockid} and {@code clock_gettime} of the C library,
 * which the JDK has no other way to.
 */
final class ProcessClock {
    private static final MemoryLayout TIMESPEC =
            MemoryLayout.structLayout(JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));

    private static final long NANOS = 1_000_000_000;

    private final MethodHandle clockOf;
    private final MethodHandle timeOf;

    private ProcessClock(MethodHandle clockOf, MethodHandle timeOf) {
        this.clockOf = clockOf;
        this.timeOf = timeOf;
    }

    /** It, or empty where the C library has none, as on macOS. */
    static Optional<ProcessClock> find() {
        return function("clock_getcpuclockid")
                .flatMap(clockOf -> function("clock_gettime").map(timeOf -> new ProcessClock(clockOf, timeOf)));
    }

    /** A function of a number and a pointer, which gives zero where all is well. */
    @SuppressWarnings("restricted") // two functions that write where they are told to
    private static Optional<MethodHandle> function(String name) {
        SymbolLookup library = Linker.nativeLinker().defaultLookup();
        FunctionDescriptor signature = FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS);
        return library.find(name).map(found -> Linker.nativeLinker().downcallHandle(found, signature));
    }

    /** In nanoseconds, all threads of the process together, or empty if there is no such process. */
    OptionalLong nanos(int pid) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment clock = arena.allocate(JAVA_INT);
            MemorySegment time = arena.allocate(TIMESPEC);
            boolean read = (int) clockOf.invokeExact(pid, clock) == 0
                    && (int) timeOf.invokeExact(clock.get(JAVA_INT, 0), time) == 0;
            return read
                    ? OptionalLong.of(time.get(JAVA_LONG, 0) * NANOS + time.get(JAVA_LONG, JAVA_LONG.byteSize()))
                    : OptionalLong.empty();
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable never) {
            throw new AssertionError(never);
        }
    }
}
