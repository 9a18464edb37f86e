package dev.skein.net;

import static dev.skein.loop.Asyncio.toThread;
import static dev.skein.net.Loopback.HOST;
import static dev.skein.net.Streams.startServer;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Transport;
import java.io.File;
import java.io.IOException;
import java.util.Arrays;

/** An echo server and the programs that a user tries it with. */
class RealPeersTest {
    private static void echo(Connection peer) throws IOException {
        for (String line : peer.reader().lines()) {
            peer.writer().writeLine(line);
        }
    }

    private static boolean isThere(String program) {
        return Arrays.stream(String.valueOf(System.getenv("PATH")).split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    /** What {@code script} prints, run by bash with the server's port as its argument. */
    private static String bash(String script, int port) throws Exception {
        Process process = new ProcessBuilder("bash", "-c", script, "bash", String.valueOf(port))
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        process.waitFor();
        return output;
    }

    private static void assertPrints(Transport transport, String script, String expected) {
        new Loopback(transport).run(() -> {
            Server server = startServer(RealPeersTest::echo, HOST, 0);
            assertThat(toThread(() -> bash(script, server.port()))).isEqualTo(expected);
            server.close();
            server.waitClosed();
        });
    }

    @EachTransport
    void bashSpeaksToIt(Transport transport) {
        assumeTrue(isThere("bash"), "no bash on the PATH");
        assertPrints(transport, """
                exec 3<>/dev/tcp/127.0.0.1/$1
                printf 'hello\\r\\n' >&3
                read -r line <&3
                echo "got $line"
                """, "got hello\n");
    }

    @EachTransport
    void netcatSpeaksToIt(Transport transport) {
        assumeTrue(isThere("bash") && isThere("nc"), "no bash or no nc on the PATH");
        assertPrints(transport, "(echo one; echo two) | nc -q 1 127.0.0.1 $1", "one\ntwo\n");
    }
}
