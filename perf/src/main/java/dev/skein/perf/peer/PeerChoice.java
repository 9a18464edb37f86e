package dev.skein.perf.peer;

import dev.skein.perf.server.Service;
import java.util.List;

/**
 * What {@code --peers} asks for where several services are measured.
 *
 * @param words of peers, or {@code all}; none for the default
 */
public record PeerChoice(List<String> words) {
    private static final String ALL = "all";

    /** With a copy of the words. */
    public PeerChoice {
        words = List.copyOf(words);
    }

    /** Whether nothing was asked for. */
    boolean isDefault() {
        return words.isEmpty();
    }

    /** Whether all that have a service were asked for. */
    public boolean isAll() {
        return words.contains(ALL);
    }

    /** Of the peers asked for those that have a service; else the default. */
    public List<Peer> anyOf(Service service, List<Peer> byDefault) {
        if (isDefault()) {
            return byDefault;
        }
        return Peer.rivals(service).stream()
                .filter(peer -> isAll() || words.contains(peer.toString()))
                .toList();
    }
}
