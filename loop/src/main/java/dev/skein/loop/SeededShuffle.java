package dev.skein.loop;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A random order of the coroutines' steps, the same one for the same seed: {@link LoopOptions#withSeed} says what it keeps.
 * Loop only.
 */
final class SeededShuffle {
    private final SplittableRandom random;

    SeededShuffle(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Has the steps of a round that is about to begin change places, each run of neighbours among themselves. */
    void shuffle(ArrayDeque<ReadyEntry> round) {
        List<ReadyEntry> entries = new ArrayList<>(round);
        int first = 0;
        for (int i = 0; i < entries.size(); i++) {
            if (!entries.get(i).isStep()) {
                Collections.shuffle(entries.subList(first, i), random);
                first = i + 1;
            }
        }
        Collections.shuffle(entries.subList(first, entries.size()), random);
        round.clear();
        round.addAll(entries);
    }
}
