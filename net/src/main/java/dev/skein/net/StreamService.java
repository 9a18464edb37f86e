package dev.skein.net;

import io.netty.channel.Channel;

/** Has a handler called with a {@link Connection} for each channel that a server accepts. */
record StreamService(ConnectionHandler handler, int limit) implements Service {
    @Override
    public void install(Channel channel, ServerLoop server) {
        StreamHandler.install(channel, limit, server, server.options().newTimeouts());
    }

    @Override
    public void serve(Endpoint endpoint) throws Exception {
        handler.handle(((StreamHandler) endpoint).connection());
    }
}
