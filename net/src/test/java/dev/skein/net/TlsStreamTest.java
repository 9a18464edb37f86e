package dev.skein.net;

import dev.skein.loop.Transport;
import io.netty.handler.ssl.SslProvider;
import org.junit.jupiter.api.Nested;

/** The byte stream over TLS. */
class TlsStreamTest {
    @Nested
    class OfTheJdk extends OverTls {
        OfTheJdk() {
            super(SslProvider.JDK);
        }
    }

    @Nested
    class OfBoringSsl extends OverTls {
        OfBoringSsl() {
            super(SslProvider.OPENSSL);
        }
    }

    private abstract static class OverTls extends ByteStreamContract {
        private final Loopback loopback = new Loopback(Transport.preferred());
        private final TestTls tls;

        OverTls(SslProvider provider) {
            tls = new TestTls(provider);
        }

        @Override
        public int much() {
            return 500_000;
        }

        @Override
        public boolean abortIsNoEnd() {
            return true;
        }

        @Override
        boolean halfCloses() {
            return false;
        }

        @Override
        public void talk(Loopback.Conversation talk) {
            loopback.talk(
                    options -> options.withLimit(LIMIT).withTls(tls.client()),
                    options -> options.withLimit(LIMIT).withTls(tls.server()),
                    talk);
        }
    }
}
