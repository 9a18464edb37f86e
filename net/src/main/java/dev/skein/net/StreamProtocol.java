package dev.skein.net;

import io.netty.channel.Channel;

/** Calls a handler with a {@link Connection} for each channel that a server accepts. */
record StreamProtocol(ConnectionHandler handler, int limit) implements ConnectionProtocol {
    @Override
    public void install(Channel channel, ServerLoop server) {
        StreamEndpoint.install(channel, limit, server, server.options().newTimeouts());
    }

    @Override
    public void serve(ConnectionEndpoint endpoint) throws Exception {
        handler.handle(((StreamEndpoint) endpoint).connection());
    }
}
