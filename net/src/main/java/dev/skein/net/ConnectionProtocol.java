package dev.skein.net;

import io.netty.channel.Channel;

/** What a server does with each channel it accepts. */
interface ConnectionProtocol {
    /** Puts into its pipeline what is ours, with an {@link ConnectionEndpoint} at the end. On the loop's thread. */
    void install(Channel channel, ServerLoop server);

    /** Calls the user's handler with an endpoint that {@link #install} made. In a coroutine. */
    void serve(ConnectionEndpoint endpoint) throws Exception;
}
