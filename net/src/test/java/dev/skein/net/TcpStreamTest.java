package dev.skein.net;

import dev.skein.loop.Transport;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The byte stream over TCP. */
@ParameterizedClass
@EnumSource(Transport.class)
class TcpStreamTest extends ByteStreamContract {
    private final Loopback loopback;

    TcpStreamTest(Transport transport) {
        loopback = new Loopback(transport);
    }

    @Override
    void talk(Loopback.Conversation talk) {
        loopback.talk(options -> options.withLimit(LIMIT), options -> options.withLimit(LIMIT), talk);
    }
}
