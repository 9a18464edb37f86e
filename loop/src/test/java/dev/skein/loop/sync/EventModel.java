package dev.skein.loop.sync;

import java.util.HashSet;
import java.util.Set;

/** Whoever waits when it is set goes on, and nobody else. */
final class EventModel extends Model {
    private final Event event = new Event();
    private final Set<Worker> waiting = new HashSet<>();
    private final Set<Worker> woken = new HashSet<>();

    EventModel(Program program) {
        super(program);
    }

    @Override
    void act(Worker me) {
        if (program.chance(3)) {
            poke();
            program.disturb(me);
            program.pause();
            return;
        }
        boolean atOnce = event.isSet();
        waiting.add(me);
        try {
            event.await();
            check(atOnce || woken.contains(me), "it goes on because it was set");
        } finally {
            waiting.remove(me);
            woken.remove(me);
        }
    }

    @Override
    void poke() {
        if (program.chance(2)) {
            if (!event.isSet()) {
                woken.addAll(waiting);
            }
            event.set();
        } else {
            event.clear();
        }
        if (program.chance(2)) {
            event.clear();
        }
    }

    @Override
    void checkSettled() {
        check(woken.isEmpty(), "all who waited when it was set went on");
        check(waiting.isEmpty() || !event.isSet(), "nobody waits for what is set");
    }

    @Override
    String describe() {
        return event.toString();
    }
}
