package dev.skein.perf.server;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/** What servers of {@link Service#HTTP} answer. */
final class Greeting {
    static final String TEXT = "hello, world\n";
    static final String TYPE = "text/plain";

    private static final byte[] BYTES = TEXT.getBytes(StandardCharsets.US_ASCII);

    private Greeting() {}

    /** As Netty's own types have it. */
    static FullHttpResponse response() {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK, Unpooled.wrappedBuffer(BYTES));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.TEXT_PLAIN)
                .setInt(HttpHeaderNames.CONTENT_LENGTH, BYTES.length);
        return response;
    }
}
