package dev.skein.net;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/**
 * One datagram that has come: what asyncio's {@code datagram_received} is called with.
 *
 * @param data what was sent, also nothing; the receiver's own
 * @param sender where it came from
 */
@SuppressWarnings("ArrayRecordComponent") // equals compares what is in it
public record Datagram(byte[] data, InetSocketAddress sender) {
    /** Its data as text in UTF-8. */
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
