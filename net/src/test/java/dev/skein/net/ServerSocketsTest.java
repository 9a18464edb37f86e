package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.loop.Transport;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Which of several addresses have a socket of their own. */
class ServerSocketsTest {
    private static String left(Transport transport, String addresses) {
        Set<InetAddress> all = Arrays.stream(addresses.split(" "))
                .map(InetAddress::ofLiteral)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        ServerSockets.dropWhatAnotherCovers(all, transport);
        return all.stream().map(InetAddress::getHostAddress).collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "NIO, 0:0:0:0:0:0:0:0 127.0.0.1",
        "EPOLL, 0.0.0.0 0:0:0:0:0:0:0:0 127.0.0.1",
        "IO_URING, 0.0.0.0 127.0.0.1",
        "KQUEUE, 0.0.0.0 127.0.0.1"
    })
    void ofTwoThatStandForAllTheOneThatTheOtherCoversIsLeftOut(Transport transport, String left) {
        assertThat(left(transport, "0.0.0.0 :: 127.0.0.1")).isEqualTo(left);
    }

    @ParameterizedTest
    @EnumSource(Transport.class)
    void oneAloneStays(Transport transport) {
        assertThat(left(transport, "0.0.0.0 127.0.0.1 ::1")).isEqualTo("0.0.0.0 127.0.0.1 0:0:0:0:0:0:0:1");
        assertThat(left(transport, ":: 127.0.0.1 ::1")).isEqualTo("0:0:0:0:0:0:0:0 127.0.0.1 0:0:0:0:0:0:0:1");
    }
}
