/** Streams, servers, datagrams, messages and processes. */
module dev.skein.net {
    requires transitive dev.skein.loop;
    requires transitive io.netty.buffer;
    requires transitive io.netty.codec.http;
    requires transitive io.netty.handler;
    requires transitive io.netty.resolver;
    requires io.netty.codec;
    requires io.netty.resolver.dns;
    requires io.netty.transport.unix.common;
    // Used only if their jars are there.
    requires static io.netty.tcnative.classes.openssl;
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.classes.io_uring;
    requires static io.netty.transport.classes.kqueue;

    exports dev.skein.net;
    exports dev.skein.net.http;
}
