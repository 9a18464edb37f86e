package dev.skein.net;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * A datagram that was received: the arguments of asyncio's {@code datagram_received}.
 *
 * {@snippet :
 * try (DatagramEndpoint endpoint = openDatagram(o -> o)) {
 *     Datagram datagram = endpoint.receive();
 *     IO.println(datagram.text() + " from " + datagram.sender());
 * }
 * }
 *
 * @param data the bytes, which may be none; the array belongs to the receiver
 * @param sender the address that it came from
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares what is in it
public record Datagram(byte[] data, InetSocketAddress sender) {
    /** Returns its data as text in UTF-8. */
    public String text() {
        return new String(data, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Datagram that && Arrays.equals(data, that.data) && sender.equals(that.sender);
    }

    @Override
    public int hashCode() {
        return Objects.hash(Arrays.hashCode(data), sender);
    }

    @Override
    public String toString() {
        return "Datagram[" + data.length + " bytes from " + AddressText.of(sender) + "]";
    }
}
