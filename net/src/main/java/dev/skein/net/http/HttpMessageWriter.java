package dev.skein.net.http;

import dev.skein.net.Messages;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;

/** Sends a head and its body, in a server or a client. */
final class HttpMessageWriter {
    private HttpMessageWriter() {}

    /** Says in {@code headers} how long the body is, or that it comes in chunks, for a peer that knows those. */
    static void frame(HttpHeaders headers, Body body, boolean knowsChunks) throws IOException {
        if (body.isKnown()) {
            headers.set(HttpHeaderNames.CONTENT_LENGTH, body.bytes().length);
        } else if (knowsChunks && !headers.contains(HttpHeaderNames.CONTENT_LENGTH)) {
            headers.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
    }

    static void send(Messages<HttpObject, HttpObject> peer, HttpMessage head, Body body) throws Exception {
        peer.send(head);
        try {
            for (byte[] chunk : body.chunks()) {
                if (chunk.length > 0) {
                    peer.send(new DefaultHttpContent(Unpooled.wrappedBuffer(chunk)));
                }
            }
        } finally {
            body.close();
        }
        peer.send(LastHttpContent.EMPTY_LAST_CONTENT);
    }
}
