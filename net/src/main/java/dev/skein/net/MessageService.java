package dev.skein.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelPipeline;
import java.util.function.Consumer;

/** Has a handler called with {@link Messages} for each channel that a server accepts. */
record MessageService<I, O>(MessagesHandler<I, O> handler, Consumer<? super ChannelPipeline> codecs, int limit)
        implements Service {
    @Override
    public void install(Channel channel, ServerLoop server) {
        server.options().tls().ifPresent(tls -> MessageTls.install(channel, tls, -1));
        ConnectionTimeouts timeouts = server.options().newTimeouts();
        if (timeouts != null) {
            channel.pipeline().addLast(timeouts);
        }
        codecs.accept(channel.pipeline());
        MessageEndpoint end = MessageEndpoint.install(
                channel, limit, server, server.options().tls().orElse(null));
        if (timeouts != null) {
            timeouts.start(end, end.inbox());
        }
    }

    @Override
    @SuppressWarnings("unchecked") // what the pipeline decodes is for its maker to say
    public void serve(Endpoint endpoint) throws Exception {
        handler.handle((Messages<I, O>) ((MessageEndpoint) endpoint).messages());
    }
}
