package dev.skein.perf.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** A server that runs in a JVM, by the word that its process is started with. */
public enum JvmServer {
    /** {@link RawServer#start}. */
    RAW {
        @Override
        public InetSocketAddress start(Service service) {
            return RawServer.start(service);
        }
    },

    /** {@link RawServer#startPipeline}. */
    RAW_PIPELINE {
        @Override
        public InetSocketAddress start(Service service) {
            return RawServer.startPipeline(service);
        }
    },

    /** {@link SkeinServer}, with Netty's buffers where the service lets one choose. */
    SKEIN {
        @Override
        public InetSocketAddress start(Service service) throws IOException {
            return SkeinServer.start(service);
        }
    },

    /** {@link SkeinServer}, with arrays of bytes. */
    SKEIN_BYTES {
        @Override
        public InetSocketAddress start(Service service) throws IOException {
            return SkeinServer.startBytes(service);
        }
    };

    /**
     * Starts it in this process, on the preferred transport, and gives the address where it listens.
     *
     * @throws IllegalArgumentException if it has no such service
     */
    public abstract InetSocketAddress start(Service service) throws IOException;

    /** For the service that a server does not have. */
    static IllegalArgumentException hasNo(Service service) {
        return new IllegalArgumentException("this server has no service " + service);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
