package dev.skein.net.http;

import dev.skein.net.Messages;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.EOFException;
import java.io.IOException;
import java.net.URI;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request that was sent on a connection, and the head of its answer, which has come. Loop only. */
final class ClientExchange {
    private final Messages<HttpObject, HttpObject> peer;
    private final HttpResponse head;
    private final boolean keepAlive;

    private ClientExchange(Messages<HttpObject, HttpObject> peer, HttpResponse head, boolean keepAlive) {
        this.peer = peer;
        this.head = head;
        this.keepAlive = keepAlive;
    }

    /** Sends {@code request}; if this throws, the connection is closed. */
    static ClientExchange begin(Messages<HttpObject, HttpObject> peer, Origin origin, URI uri, Request request)
            throws IOException {
        try {
            HttpRequest sent = headOf(request, origin, uri);
            HttpMessageWriter.send(peer, sent, request.content());
            HttpResponse answer = awaitHead(peer);
            return new ClientExchange(peer, answer, HttpUtil.isKeepAlive(sent) && HttpUtil.isKeepAlive(answer));
        } catch (IOException | RuntimeException | Error notSent) {
            peer.abort();
            throw notSent;
        } catch (Exception notClosed) {
            peer.abort();
            throw new IOException("cannot close the chunks of the body: " + notClosed, notClosed);
        }
    }

    private static HttpRequest headOf(Request request, Origin origin, URI uri) throws IOException {
        HttpHeaders headers = request.headers();
        if (!headers.contains(HttpHeaderNames.HOST)) {
            headers.set(HttpHeaderNames.HOST, origin.authority());
        }
        boolean usuallyBodiless =
                request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
        if (!usuallyBodiless || request.content() != Body.EMPTY) {
            HttpMessageWriter.frame(headers, request.content(), true);
        }
        return new DefaultHttpRequest(HttpVersion.HTTP_1_1, request.method(), pathOf(uri), headers);
    }

    private static String pathOf(URI uri) {
        String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
        return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
    }

    /** The head of the final answer: informational ones are skipped. */
    private static HttpResponse awaitHead(Messages<HttpObject, HttpObject> peer) throws IOException {
        while (true) {
            HttpObject message = peer.receive();
            if (message == null) {
                throw new EOFException("connection with " + peer.remoteAddress() + " ended before a response");
            }
            if (message.decoderResult().isFailure()) {
                ReferenceCountUtil.release(message);
                throw new IOException(
                        "invalid HTTP response from " + peer.remoteAddress() + ": "
                                + message.decoderResult().cause().getMessage(),
                        message.decoderResult().cause());
            }
            if (message instanceof HttpResponse head && head.status().codeClass() != HttpStatusClass.INFORMATIONAL) {
                return head;
            }
            ReferenceCountUtil.release(message);
        }
    }

    /** Reads the answer; then the connection goes to {@code keep}, if it can be used again, or is closed. */
    <T extends @Nullable Object> T read(
            HttpClient.Exchange<T> exchange, int maxBody, Consumer<Messages<HttpObject, HttpObject>> keep)
            throws IOException {
        BodyReader body = new BodyReader(peer, () -> {});
        boolean reusable = false;
        try {
            T result = exchange.read(new Response(head.status(), head.headers(), Body.of(() -> body, maxBody)));
            reusable = keepAlive && body.hasEnded();
            return result;
        } finally {
            if (reusable) {
                keep.accept(peer);
            } else {
                peer.abort();
            }
        }
    }
}
