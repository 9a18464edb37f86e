package dev.skein.net;

import dev.skein.loop.Asyncio;
import dev.skein.loop.Transport;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.ServerChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.unix.DomainSocketAddress;
import java.io.IOException;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;

/**
 * Listening on a Unix socket. Netty's channels delete the file under their path when they close, even if another server has
 * put its own there; here they are kept from that, since {@link SocketFile} looks first. Loop only.
 */
final class UnixListener {
    private UnixListener() {}

    /**
     * Listens at {@code address}, as {@code bootstrap} says, and removes the file when the channel is closed, unless it is to
     * be kept.
     *
     * @throws BindException if it cannot, or may not
     */
    static Channel listen(ServerBootstrap bootstrap, Transport transport, SocketAddress address, boolean keepFile)
            throws IOException {
        if (!(UnixAddress.forUser(address) instanceof UnixDomainSocketAddress unix)) {
            return bound(
                    bootstrap.channel(transport.serverDomainSocketChannel()).bind(address), address);
        }
        SocketFile.makeRoom(unix.getPath());
        Channel listener = bound(
                transport == Transport.NIO ? bindNio(bootstrap, unix) : Native.bind(bootstrap, transport, unix), unix);
        if (!keepFile) {
            SocketFile file = SocketFile.at(unix.getPath());
            listener.closeFuture().addListener(closed -> file.remove());
        }
        return listener;
    }

    private static Channel bound(ChannelFuture binding, SocketAddress address) throws IOException {
        String what = "cannot listen on " + address;
        try {
            return Asyncio.await(binding);
        } catch (UncheckedIOException e) {
            throw (BindException) new BindException(what + ": " + ChannelFailure.reason(e)).initCause(e.getCause());
        } catch (ChannelException notMade) {
            throw ChannelFailure.of(what, notMade);
        } catch (Throwable notWanted) {
            binding.channel().close();
            throw notWanted;
        }
    }

    private static ChannelFuture bindNio(ServerBootstrap bootstrap, UnixDomainSocketAddress address)
            throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        return bootstrap
                .channelFactory(() -> {
                    ServerChannel listener = new NioServerDomainSocketChannel(socket);
                    listener.pipeline().addFirst(new SocketCloser(socket));
                    return listener;
                })
                .bind(address);
    }

    /** Closes the JDK's socket before Netty's channel is closed, which then finds no address whose file it could delete. */
    private static final class SocketCloser extends ChannelOutboundHandlerAdapter {
        private final ServerSocketChannel socket;

        SocketCloser(ServerSocketChannel socket) {
            this.socket = socket;
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise closed) throws IOException {
            socket.close();
            context.close(closed);
        }
    }

    /** Loaded with the first server of a native transport. */
    private static final class Native {
        static ChannelFuture bind(ServerBootstrap bootstrap, Transport transport, UnixDomainSocketAddress address) {
            BindAddress path = new BindAddress(address.getPath().toString());
            return bootstrap
                    .channel(transport.serverDomainSocketChannel())
                    .bind(path)
                    .addListener(bound -> path.forget());
        }

        /** A path that is there while the channel binds, and no more when it closes and would delete its file. */
        private static final class BindAddress extends DomainSocketAddress {
            @Serial
            private static final long serialVersionUID = 1;

            private boolean forgotten;

            BindAddress(String path) {
                super(path);
            }

            void forget() {
                forgotten = true;
            }

            @Override
            public String path() {
                return forgotten ? "" : super.path();
            }
        }
    }
}
