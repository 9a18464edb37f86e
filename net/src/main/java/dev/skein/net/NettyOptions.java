package dev.skein.net;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelOption;
import io.netty.channel.ReflectiveChannelFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/** The options that a caller gives for Netty's channels. They are tried before they are used: Netty only logs what it cannot set. */
final class NettyOptions {
    private NettyOptions() {}

    /**
     * Sets {@code options} on a channel of that kind which is not used for anything else.
     *
     * @throws IllegalArgumentException that names the first one that it does not know or refuses, or that is ours to set
     */
    static void check(Class<? extends Channel> kind, Map<ChannelOption<?>, Object> options) {
        if (options.isEmpty()) {
            return;
        }
        if (options.containsKey(ChannelOption.AUTO_READ)) {
            throw new IllegalArgumentException(
                    "option AUTO_READ is reserved: streams pause and resume reading with it; leave it out, or, for"
                            + " a server, use withStartServing(false)");
        }
        Channel channel;
        try {
            channel = new ReflectiveChannelFactory<>(kind).newChannel();
        } catch (ChannelException noDescriptor) {
            // Opening the real channel reports that better.
            return;
        }
        try {
            options.forEach((option, value) -> set(channel, any(option), value));
        } finally {
            channel.unsafe().closeForcibly();
        }
    }

    /** {@code options}, and {@code value} for {@code option}. */
    static <T> Map<ChannelOption<?>, Object> with(
            Map<ChannelOption<?>, Object> options, ChannelOption<T> option, T value) {
        Map<ChannelOption<?>, Object> more = new LinkedHashMap<>(options);
        more.put(option, value);
        return more;
    }

    /** An option of such a map, whose value is of its type. */
    @SuppressWarnings("unchecked")
    static ChannelOption<Object> any(ChannelOption<?> option) {
        return (ChannelOption<Object>) option;
    }

    private static void set(Channel channel, ChannelOption<Object> option, Object value) {
        String kind = channel.getClass().getSimpleName();
        boolean known;
        try {
            known = channel.config().setOption(option, value);
        } catch (RuntimeException refused) {
            throw new IllegalArgumentException(
                    "option " + option + " cannot be " + value + " on " + kind + ": " + refused.getMessage(), refused);
        }
        if (!known) {
            throw new IllegalArgumentException("option " + option + " is not supported by " + kind
                    + ": leave it out, or choose a transport that supports it");
        }
    }
}
