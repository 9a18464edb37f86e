package dev.skein.perf.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A chat of {@link ThreadServer}'s: the thread of one member writes its line to all others, one after the other. */
final class ThreadRoom {
    private final Set<Member> members = ConcurrentHashMap.newKeySet();

    /** One that several threads write to. */
    private record Member(OutputStream out) {
        synchronized void write(byte[] bytes) throws IOException {
            out.write(bytes);
        }
    }

    /** Keeps a client in the room until it closes. */
    void chat(InputStream in, OutputStream out) throws IOException {
        Member member = new Member(out);
        members.add(member);
        try {
            member.write("welcome\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                tellAll((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            members.remove(member);
        }
    }

    private void tellAll(byte[] line) {
        for (Member member : members) {
            try {
                member.write(line);
            } catch (IOException left) {
                // Its own thread notices too, and takes it out.
            }
        }
    }
}
