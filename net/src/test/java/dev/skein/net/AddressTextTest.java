package dev.skein.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import org.junit.jupiter.api.Test;

/** Addresses as people write them. */
class AddressTextTest {
    private static final UnixDomainSocketAddress SOCKET = UnixDomainSocketAddress.of("/tmp/socket");

    @Test
    void anAddressOfTheInternetIsWrittenWithItsPort() {
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 7007)))
                .isEqualTo("127.0.0.1:7007");
        assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral("::1"), 7007)))
                .isEqualTo("[::1]:7007");
    }

    @Test
    void anyOtherIsWrittenAsItIs() {
        assertThat(AddressText.of(SOCKET)).isEqualTo("/tmp/socket");
        assertThat(AddressText.of(null)).isEqualTo("null");
    }

    @Test
    void aPeerWithoutAnAddressGoesByTheOneThatItCalled() {
        assertThat(AddressText.ofPeer(UnixDomainSocketAddress.of(""), SOCKET)).isEqualTo("client@/tmp/socket");
        assertThat(AddressText.ofPeer(SOCKET, UnixDomainSocketAddress.of(""))).isEqualTo("/tmp/socket");
    }
}
