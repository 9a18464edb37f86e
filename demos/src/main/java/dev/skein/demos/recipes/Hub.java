package dev.skein.demos.recipes;

import dev.skein.loop.sync.Queue;
import java.util.LinkedHashSet;
import java.util.Set;

/** Tells many subscribers, and waits for none: one that does not keep up is dropped. */
// region hub
final class Hub {
    private static final int BEHIND = 64;

    private final Set<Queue<String>> subscribers = new LinkedHashSet<>();

    Queue<String> subscribe() {
        Queue<String> news = new Queue<>(BEHIND);
        subscribers.add(news);
        return news;
    }

    /** Never suspends. */
    void publish(String message) {
        subscribers.removeIf(news -> {
            if (news.isFull()) {
                news.shutdownNow(); // its get throws QueueShutDownException
                return true;
            }
            news.putNowait(message);
            return false;
        });
    }
}
// endregion
