package dev.skein.demos;

import static dev.skein.net.Streams.openConnection;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.net.Connection;
import dev.skein.net.Server;
import io.netty.channel.ChannelOption;
import java.io.IOException;

/** Somebody at the chat, in a test: says lines, and hears them. */
final class Guest {
    private final Connection connection;

    private Guest(Connection connection) {
        this.connection = connection;
    }

    /** Stands at the door, and was asked for a name. */
    static Guest atTheDoor(Server server) throws IOException {
        Guest guest = new Guest(openConnection("127.0.0.1", server.port()));
        guest.hears("* your nick name?");
        return guest;
    }

    /** Is in the room, and has been welcomed. */
    static Guest inside(Server server, String nick) throws IOException {
        Guest guest = atTheDoor(server);
        guest.enters(nick);
        return guest;
    }

    /** Is in the room, and the system keeps little for whoever does not read. */
    static Guest insideWithSmallBuffers(Server server, String nick) throws IOException {
        Guest guest = new Guest(openConnection("127.0.0.1", server.port(), o -> o.withLimit(256)));
        guest.connection.channel().config().setOption(ChannelOption.SO_RCVBUF, 4096);
        guest.hears("* your nick name?");
        guest.enters(nick);
        return guest;
    }

    private void enters(String nick) throws IOException {
        says(nick);
        assertThat(nextLine()).startsWith("* welcome, " + nick + "; here: ");
    }

    void says(String... lines) throws IOException {
        for (String line : lines) {
            connection.writer().writeLine(line);
        }
    }

    void hears(String... lines) throws IOException {
        for (String line : lines) {
            assertThat(nextLine()).isEqualTo(line);
        }
    }

    String nextLine() throws IOException {
        String line = connection.reader().readLine();
        assertThat(line).as("a line, not the end").isNotNull();
        return line;
    }

    void hearsTheEnd() throws IOException {
        assertThat(connection.reader().readLine()).isNull();
    }

    Connection connection() {
        return connection;
    }
}
