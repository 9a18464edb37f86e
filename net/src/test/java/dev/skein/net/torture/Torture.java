package dev.skein.net.torture;

import dev.skein.loop.Loop;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * What all who take part have in common: the things that they share, and how far it is. The loops' code ends first, and the
 * plain threads go on until the loops are closed. Any thread.
 */
final class Torture {
    private final List<Loop> loops;
    private final Map<Source, Shared> things = new EnumMap<>(Source.class);
    private final Map<Source, LongAdder> uses = new EnumMap<>(Source.class);
    private final List<Source> choice = new ArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private volatile boolean closing;
    private volatile boolean over;

    Torture(Setting setting, Set<Source> sources) throws Exception {
        loops = setting.loops();
        for (Source source : sources) {
            things.put(source, source.make(setting));
            uses.put(source, new LongAdder());
            for (int i = 0; i < source.shares; i++) {
                choice.add(source);
            }
        }
    }

    List<Loop> loops() {
        return loops;
    }

    Loop anyLoop(Random random) {
        return loops.get(random.nextInt(loops.size()));
    }

    /** Uses one of the things. */
    @SuppressWarnings("NullAway") // both maps have every source that can be chosen
    void useOne(Random random) {
        Source source = choice.get(random.nextInt(choice.size()));
        try {
            things.get(source).use(random);
        } catch (Exception e) {
            throw new AssertionError(source + " failed", e);
        }
        uses.get(source).increment();
    }

    /** Notes what must never be; the torture fails with it at its end. */
    void tell(String what) {
        if (wrong.size() < 20) {
            wrong.add(what);
        }
    }

    List<String> wrong() {
        return List.copyOf(wrong);
    }

    /** The loops' code has done enough. */
    void close() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    /** The loops are closed, or it has failed. */
    void end() {
        closing = true;
        over = true;
    }

    boolean isOver() {
        return over;
    }

    /** How often each was used. */
    String uses() {
        return uses.toString();
    }

    /** Once nobody uses anything any more. */
    void putAway() {
        things.values().forEach(Shared::close);
    }
}
