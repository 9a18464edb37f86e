package dev.skein.net;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.redis.ArrayRedisMessage;
import io.netty.handler.codec.redis.ErrorRedisMessage;
import io.netty.handler.codec.redis.FullBulkStringRedisMessage;
import io.netty.handler.codec.redis.RedisArrayAggregator;
import io.netty.handler.codec.redis.RedisBulkStringAggregator;
import io.netty.handler.codec.redis.RedisDecoder;
import io.netty.handler.codec.redis.RedisEncoder;
import io.netty.handler.codec.redis.RedisMessage;
import io.netty.handler.codec.redis.SimpleStringRedisMessage;
import io.netty.util.ReferenceCountUtil;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** As much of Redis as a test needs, in sequential code on Netty's codec: GET, SET and PING. */
final class RespServer implements MessagesHandler<RedisMessage, RedisMessage> {
    private final Map<String, String> values = new HashMap<>();

    static void codecs(ChannelPipeline pipeline) {
        pipeline.addLast(
                new RedisDecoder(),
                new RedisBulkStringAggregator(),
                new RedisArrayAggregator(1024, 8),
                new RedisEncoder());
    }

    static RedisMessage command(String... words) {
        return new ArrayRedisMessage(Stream.of(words).map(RespServer::bulk).toList());
    }

    private static RedisMessage bulk(String word) {
        return new FullBulkStringRedisMessage(Unpooled.copiedBuffer(word, UTF_8));
    }

    /** What {@code message} says; it is released. */
    static String text(@Nullable RedisMessage message) {
        try {
            return switch (message) {
                case FullBulkStringRedisMessage bulk when bulk.isNull() -> "null";
                case FullBulkStringRedisMessage bulk -> bulk.content().toString(UTF_8);
                case SimpleStringRedisMessage simple -> simple.content();
                case ErrorRedisMessage error -> error.content();
                case null, default -> String.valueOf(message);
            };
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    @Override
    public void handle(Messages<RedisMessage, RedisMessage> peer) throws Exception {
        for (RedisMessage message : peer) {
            try {
                List<String> words = ((ArrayRedisMessage) message)
                        .children().stream()
                                .map(child -> ((FullBulkStringRedisMessage) child)
                                        .content()
                                        .toString(UTF_8))
                                .toList();
                peer.send(answer(words));
            } finally {
                ReferenceCountUtil.release(message);
            }
        }
    }

    private RedisMessage answer(List<String> words) {
        switch (words.getFirst().toUpperCase(Locale.ROOT)) {
            case "PING" -> {
                return new SimpleStringRedisMessage("PONG");
            }
            case "SET" -> {
                values.put(words.get(1), words.get(2));
                return new SimpleStringRedisMessage("OK");
            }
            case "GET" -> {
                String value = values.get(words.get(1));
                return value == null ? FullBulkStringRedisMessage.NULL_INSTANCE : bulk(value);
            }
            default -> {
                return new ErrorRedisMessage("ERR unknown command '" + words.getFirst() + "'");
            }
        }
    }
}
