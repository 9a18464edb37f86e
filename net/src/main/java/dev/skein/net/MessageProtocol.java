package dev.skein.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;

/** Calls a handler with {@link Messages} for each channel that a server accepts. */
record MessageProtocol<I, O>(MessagesHandler<I, O> handler, Consumer<? super ChannelPipeline> codecs, int limit)
        implements ConnectionProtocol {
    @Override
    public void install(Channel channel, ServerLoop server) {
        ServerOptions options = server.options();
        MessageEndpoint end = new MessageEndpoint(channel, limit, server);
        options.tls().ifPresent(tls -> end.encrypt(tls, -1));
        ConnectionTimeouts timeouts = options.newTimeouts();
        if (timeouts != null) {
            channel.pipeline().addLast(timeouts);
            timeouts.start(end, end.inbox());
        }
        codecs.accept(channel.pipeline());
        end.install();
    }

    @Override
    @SuppressWarnings("unchecked") // what the pipeline decodes is for its maker to say
    public void serve(ConnectionEndpoint endpoint) throws Exception {
        handler.handle((Messages<I, O>) ((MessageEndpoint) endpoint).messages());
    }
}
