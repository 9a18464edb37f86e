/** The event loop: coroutines, futures, tasks, time, and what is made of them. */
module dev.skein.loop {
    requires static transitive org.jspecify;
    requires transitive io.netty.common;
    requires transitive io.netty.transport;
    // For Ctrl-C and other signals, which it alone can handle.
    requires jdk.unsupported;
    // Without it the command skein could not look at a program.
    requires java.management;
    // Used only if their jars are there.
    requires static io.netty.transport.classes.epoll;
    requires static io.netty.transport.classes.io_uring;
    requires static io.netty.transport.classes.kqueue;
    requires static java.instrument;
    requires static net.bytebuddy.agent;
    // Of the command itself, for which java -jar takes all of the JDK.
    requires static jdk.attach;

    exports dev.skein.loop;
    exports dev.skein.loop.flow;
    exports dev.skein.loop.sync;
    exports dev.skein.loop.testing;
    exports dev.skein.loop.tools;
}
