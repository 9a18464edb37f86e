package dev.skein.perf.server;

import io.ktor.network.sockets.ServerSocket;
import io.netty.bootstrap.ServerBootstrap;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import kotlinx.coroutines.Job;
import reactor.netty.tcp.TcpServer;

/** A server that runs in a JVM, by the word that its process is started with. */
public enum JvmServer {
    /** {@link RawServer#start}. */
    RAW {
        @Override
        public InetSocketAddress start(Service service) throws IOException {
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
    },

    /** {@link VertxServer#start}. */
    VERTX {
        @Override
        public InetSocketAddress start(Service service) {
            return VertxServer.start(service);
        }
    },

    /** {@link VertxServer#startAwait}. */
    VERTX_AWAIT {
        @Override
        public InetSocketAddress start(Service service) {
            return VertxServer.startAwait(service);
        }
    },

    /** {@link ReactorServer}. */
    REACTOR_NETTY {
        @Override
        public InetSocketAddress start(Service service) {
            return ReactorServer.start(service);
        }
    },

    /** {@code KotlinServer}, which is in Kotlin. */
    KOTLINX {
        @Override
        public InetSocketAddress start(Service service) {
            return KotlinServer.start(service);
        }
    },

    /** {@link ThreadServer}. */
    VIRTUAL_THREADS {
        @Override
        public InetSocketAddress start(Service service) throws IOException {
            return ThreadServer.start(service);
        }
    };

    private static final Pattern VERSION = Pattern.compile("-(\\d.*)\\.jar");

    /**
     * Starts it in this process, on the preferred transport, and gives the address where it listens.
     *
     * @throws IllegalArgumentException if it has no such service
     */
    public abstract InetSocketAddress start(Service service) throws IOException;

    /** The library that it is built on, with its version. */
    public String version() {
        return switch (this) {
            case RAW, RAW_PIPELINE -> "Netty " + versionOf(ServerBootstrap.class);
            case SKEIN, SKEIN_BYTES -> "Skein on Netty " + versionOf(ServerBootstrap.class);
            case VERTX, VERTX_AWAIT -> "Vert.x " + versionOf(Vertx.class);
            case REACTOR_NETTY -> "reactor-netty " + versionOf(TcpServer.class);
            case KOTLINX -> "Ktor " + versionOf(ServerSocket.class) + ", kotlinx.coroutines " + versionOf(Job.class);
            case VIRTUAL_THREADS -> "Java " + Runtime.version();
        };
    }

    /** As its jar says, by its manifest or its name. */
    private static String versionOf(Class<?> type) {
        String said = type.getPackage().getImplementationVersion();
        if (said != null) {
            return said;
        }
        CodeSource source = type.getProtectionDomain().getCodeSource();
        String jar = source == null
                ? ""
                : Path.of(source.getLocation().getPath()).getFileName().toString();
        Matcher version = VERSION.matcher(jar);
        return version.find() ? version.group(1) : "of unknown version";
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
