package dev.skein.demos;

import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.testing.TestLoop;
import dev.skein.net.Connection;
import dev.skein.net.Server;
import io.netty.channel.ChannelOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChatServerTest {
    /** What a test does with a chat server, in a coroutine. */
    private interface ChatScript {
        void with(Server server) throws Exception;
    }

    private final ChatServer chat = new ChatServer();

    /** Fails also for an error that nobody awaited: a handler that threw, an outbox that did. */
    private Duration chat(ChatScript script) {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                try (Server server = startServer(this::serve, "127.0.0.1", 0)) {
                    script.with(server);
                }
            });
            return loop.elapsed();
        }
    }

    /** The system keeps little for a peer that does not read, so that tests need not send much. */
    private void serve(Connection peer) {
        peer.channel().config().setOption(ChannelOption.SO_SNDBUF, 4096);
        chat.chat(peer);
    }

    @Test
    void aLineGoesToEveryoneElse() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");
            Guest cy = Guest.inside(server, "cy");

            ann.says("hello");
            bob.hears("* cy has joined", "ann: hello");
            cy.hears("ann: hello");
            bob.says("hello ann");
            cy.hears("bob: hello ann");
            ann.hears("* bob has joined", "* cy has joined", "bob: hello ann");
        });
    }

    @Test
    void leavingIsToldHoweverItHappens() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");
            Guest cy = Guest.inside(server, "cy");
            Guest dan = Guest.inside(server, "dan");
            ann.hears("* bob has joined", "* cy has joined", "* dan has joined");

            bob.says("/quit");
            ann.hears("* bob has left");
            cy.connection().writer().writeEof();
            ann.hears("* cy has left");
            dan.connection().channel().config().setOption(ChannelOption.SO_LINGER, 0);
            dan.connection().abort();
            ann.hears("* dan has left");
        });
    }

    @Test
    void theDoorAsksUntilTheNickNameIsGood() {
        chat(server -> {
            Guest.inside(server, "ann");
            Guest guest = Guest.atTheDoor(server);

            guest.says("");
            guest.hears("* a nick name cannot be empty: another one?");
            guest.says("x".repeat(21));
            guest.hears("* a nick name has at most 20 characters, not 21: another one?");
            guest.says("two words");
            guest.hears("* a nick name is made of letters, digits, - and _: another one?");
            guest.says("Ann");
            guest.hears("* Ann is taken: another one?");
            guest.says("Zoë_2");
            guest.hears("* welcome, Zoë_2; here: ann, Zoë_2");
        });
    }

    @Test
    void aGuestWithoutANameWasNeverThere() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest shy = Guest.atTheDoor(server);

            shy.connection().writer().writeEof();
            shy.hearsTheEnd();
            ann.says("/who");
            ann.hears("* here: ann");
        });
    }

    @Test
    void aNickNameIsFreeAgainWhenItsOwnerHasLeft() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            ann.says("/quit");
            ann.hearsTheEnd();

            Guest.inside(server, "ann");
        });
    }

    @Test
    void commandsAreAnsweredToWhoAsks() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");

            bob.says("/who", "/whom", "done");
            bob.hears("* here: ann, bob", "* unknown command: /whom; commands are /who and /quit");
            ann.hears("* bob has joined", "bob: done");
        });
    }

    @Test
    void quitComesAfterTheAnswersThatAreOnTheirWay() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");

            ann.connection().writer().write("/who\n/who\n/quit\n/who\n");
            ann.hears("* here: ann", "* here: ann");
            ann.hearsTheEnd();
        });
    }

    @Test
    void aLineThatIsTooLongEndsTheConnectionOfWhoSaysIt() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");

            bob.says("x".repeat(65 * 1024));
            ann.hears("* bob has joined", "* bob has left");
        });
    }

    @Test
    void aReaderIsNotDroppedHoweverManyLinesComeAtOnce() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");

            int lines = 50 * Member.OUTBOX_LINES;
            ann.connection().writer().write("hello\n".repeat(lines));
            bob.hears(Collections.nCopies(lines, "ann: hello").toArray(String[]::new));
        });
    }

    @Test
    void aReaderIsNotDroppedHoweverManySpeakAtOnce() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            List<Guest> crowd = new ArrayList<>();
            for (int i = 0; i < Member.OUTBOX_LINES + 20; i++) {
                crowd.add(Guest.inside(server, "guest-" + i));
                ann.hears("* guest-" + i + " has joined");
            }

            for (Guest guest : crowd) {
                guest.says("hello");
            }
            for (int i = 0; i < crowd.size(); i++) {
                assertThat(ann.nextLine()).endsWith(": hello");
            }
        });
    }

    @Test
    void aGuestWithManyLinesDoesNotKeepTheOthersWaiting() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.inside(server, "bob");
            Guest cy = Guest.inside(server, "cy");

            ann.connection().writer().write("much\n".repeat(1_000));
            bob.says("little");

            List<String> heard = new ArrayList<>();
            while (!heard.contains("bob: little")) {
                heard.add(cy.nextLine());
            }
            assertThat(heard).hasSizeLessThan(100);
        });
    }

    @Test
    void aGuestThatDoesNotReadIsDroppedAndTheOthersAreTold() {
        chat(server -> {
            Guest ann = Guest.inside(server, "ann");
            Guest bob = Guest.insideWithSmallBuffers(server, "bob");
            Guest cy = Guest.inside(server, "cy");
            ann.hears("* bob has joined", "* cy has joined");

            String dropped = "* bob reads too slowly and was dropped";
            List<String> heard = new ArrayList<>();
            while (!heard.contains(dropped)) {
                ann.says("x".repeat(10_000));
                heard.add(cy.nextLine());
                assertThat(heard).hasSizeLessThan(10 * Member.OUTBOX_LINES);
            }

            assertThat(heard).hasSizeGreaterThan(Member.OUTBOX_LINES);
            cy.hears("ann: " + "x".repeat(10_000));
            ann.says("/who");
            ann.hears(dropped, "* here: ann, cy");
            assertThat(bob.connection().reader().readAll()).hasSizeLessThan(10_000 * heard.size());
        });
    }

    @Test
    void aGuestThatLeavesUnreadIsWaitedForFiveSeconds() {
        Duration elapsed = chat(server -> {
            Guest bob = Guest.insideWithSmallBuffers(server, "bob");

            bob.says(IntStream.range(0, Member.OUTBOX_LINES)
                    .mapToObj(i -> "/" + "x".repeat(10_000))
                    .toArray(String[]::new));
            bob.says("/quit");
            server.close();
            server.waitClosed();
        });

        assertThat(elapsed).isEqualTo(Duration.ofSeconds(5));
    }
}
