package dev.skein.demos;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The members of a chat, and the lines that they get. */
final class Room {
    /** By nick name; ann and Ann are the same. A plain map without a lock: only the loop's one thread touches it. */
    private final SortedMap<String, Member> members = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    boolean has(String nick) {
        return members.containsKey(nick);
    }

    String names() {
        return String.join(", ", members.keySet());
    }

    void join(Member newcomer) {
        tellOthers(newcomer, "* " + newcomer.nick() + " has joined");
        members.put(newcomer.nick(), newcomer);
        tell(newcomer, "* welcome, " + newcomer.nick() + "; here: " + names());
    }

    /** Does nothing for a member that has been dropped. */
    void leave(Member member) {
        if (members.remove(member.nick(), member)) {
            tellOthers(member, "* " + member.nick() + " has left");
        }
    }

    /** Tells {@code line} to one member, or drops it if it is too far behind. */
    void tell(Member member, String line) {
        if (!member.offer(line)) {
            drop(member);
        }
    }

    /** Tells {@code line} to everyone but {@code from}. */
    void tellOthers(Member from, String line) {
        // A copy, since a member that is dropped on the way leaves the map.
        for (Member member : List.copyOf(members.values())) {
            if (member != from) {
                tell(member, line);
            }
        }
    }

    private void drop(Member slow) {
        slow.abort();
        if (members.remove(slow.nick(), slow)) {
            tellOthers(slow, "* " + slow.nick() + " reads too slowly and was dropped");
        }
    }

    @Override
    public String toString() {
        return "Room" + members.values();
    }
}
