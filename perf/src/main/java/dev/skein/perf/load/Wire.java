package dev.skein.perf.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** How the bytes of a connection go over its socket. */
interface Wire {
    /** What came, without waiting; -1 at the end. */
    int read(ByteBuffer bytes) throws IOException;

    /** As much as the socket takes. */
    int write(ByteBuffer bytes) throws IOException;

    /** As they are. */
    static Wire plain(SocketChannel channel) {
        return new Wire() {
            @Override
            public int read(ByteBuffer bytes) throws IOException {
                return channel.read(bytes);
            }

            @Override
            public int write(ByteBuffer bytes) throws IOException {
                return channel.write(bytes);
            }
        };
    }
}
