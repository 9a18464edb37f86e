package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.shield;
import static dev.skein.loop.Asyncio.sleep;

import dev.skein.loop.Task;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Shared state, right and wrong. The wrong ones are here to be shown, and to be tested for being wrong. */
final class Turns {
    int total = 10;
    final Map<String, String> connections = new HashMap<>();
    final Map<String, Task<String>> connecting = new HashMap<>();
    final Set<Member> members = new LinkedHashSet<>();
    int connects;

    /** Somebody to send to. */
    interface Member {
        void send(String line);
    }

    int bytesOf(int count) {
        sleep(Duration.ofMillis(count));
        return count;
    }

    String connect(String name) {
        connects++;
        sleep(Duration.ofMillis(10));
        return "connection to " + name;
    }

    // region lost-update
    void addWrong(int count) {
        total += bytesOf(count); // bytesOf suspends, and total was read before
    }
    // endregion

    // region kept-update
    void add(int count) {
        int bytes = bytesOf(count);
        total += bytes;
    }
    // endregion

    // region check-then-act
    String connectionWrong(String name) {
        String open = connections.get(name);
        if (open == null) {
            open = connect(name); // suspends: another coroutine may be here as well
            connections.put(name, open);
        }
        return open;
    }
    // endregion

    // region act-at-once
    String connection(String name) {
        Task<String> task = connecting.computeIfAbsent(name, n -> createTask(() -> connect(n)));
        return shield(task).await(); // if this caller is cancelled, the others still get theirs
    }
    // endregion

    // region copy
    void tellAll(String line) {
        for (Member member : List.copyOf(members)) {
            member.send(line);
        }
    }
    // endregion
}
