package dev.skein.demos;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.yieldNow;
import static dev.skein.net.Streams.startServer;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.TimerHandle;
import dev.skein.net.Connection;
import dev.skein.net.Server;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * The program {@code chat-server}: a chat over lines of text, for {@code nc} as client.
 *
 * <p>Each member has two coroutines: this class reads what the member says, {@link Member#emptyOutbox} writes what the
 * others say. All share one {@link Room}.
 */
@Command(name = "chat-server", description = "A chat over lines of text, until Ctrl-C. Join it with: nc <host> <port>")
public final class ChatServer implements Runnable {
    private static final int NICK_LENGTH = 20;
    private static final Pattern NICK = Pattern.compile("[\\p{L}\\p{N}_-]+");

    /** How long a member that leaves may take to read what is still in the outbox. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Room room = new Room();

    @Mixin
    private final Options options = new Options(7008);

    ChatServer() {}

    /**
     * Starts the program.
     *
     * @param args see {@code --help}
     */
    public static void main(String[] args) {
        Program.main(new ChatServer(), args);
    }

    @Override
    public void run() {
        Asyncio.run(this::serve);
    }

    private void serve() throws IOException {
        try (Server server = startServer(this::chat, options.host(), options.port(), o -> o.withName("chat"))) {
            for (SocketAddress address : server.addresses()) {
                System.out.println("listening on " + Program.describe(address));
            }
            server.serveForever();
        }
    }

    /** Serves one guest, from the first line to the last. */
    void chat(Connection peer) {
        try {
            Optional<String> nick = askNick(peer);
            if (nick.isPresent()) {
                stay(new Member(nick.get(), peer), peer);
            }
        } catch (IOException lost) {
            System.err.println(lost.getMessage());
        }
    }

    /** Asks until the answer is a nick name that is free; empty if the guest disconnects. */
    private Optional<String> askNick(Connection peer) throws IOException {
        peer.writer().writeLine("* your nick name?");
        for (String nick = peer.reader().readLine();
                nick != null;
                nick = peer.reader().readLine()) {
            Optional<String> refusal = refusalOf(nick);
            if (refusal.isEmpty()) {
                return Optional.of(nick);
            }
            peer.writer().writeLine("* " + refusal.get() + ": another one?");
        }
        return Optional.empty();
    }

    private Optional<String> refusalOf(String nick) {
        if (nick.isEmpty()) {
            return Optional.of("a nick name cannot be empty");
        }
        if (nick.length() > NICK_LENGTH) {
            return Optional.of("a nick name has at most " + NICK_LENGTH + " characters, not " + nick.length());
        }
        if (!NICK.matcher(nick).matches()) {
            return Optional.of("a nick name is made of letters, digits, - and _");
        }
        return room.has(nick) ? Optional.of(nick + " is taken") : Optional.empty();
    }

    private void stay(Member member, Connection peer) throws IOException {
        // No await since the name was found free, so it still is.
        room.join(member);
        Task<@Nullable Void> outbox = createTask(member::emptyOutbox, member.nick() + "'s outbox");
        try {
            listen(member, peer);
        } finally {
            room.leave(member);
            member.leave();
        }
        TimerHandle impatience = Loop.current().callLater(PATIENCE, member::abort);
        try {
            outbox.await();
        } finally {
            impatience.cancel();
        }
    }

    private void listen(Member member, Connection peer) throws IOException {
        for (String line = peer.reader().readLine();
                line != null;
                line = peer.reader().readLine()) {
            switch (line) {
                case "/quit" -> {
                    return;
                }
                case "/who" -> room.tell(member, "* here: " + room.names());
                case String command
                when command.startsWith("/") ->
                    room.tell(member, "* unknown command: " + command + "; commands are /who and /quit");
                default -> room.tellOthers(member, member.nick() + ": " + line);
            }
            // Lines that came together are read without a wait: let the others have their turn.
            yieldNow();
        }
    }
}
