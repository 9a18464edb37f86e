package dev.skein.net.http;

import static java.time.ZoneOffset.UTC;

import dev.skein.loop.Asyncio;
import dev.skein.loop.TimeoutException;
import dev.skein.net.Messages;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One connection of a server: request, response, and again, until one side wants no more. Loop only. */
final class HttpServerConnection {
    /** As much of a body that the handler did not read is read for it; for more, the connection is closed. */
    private static final int SKIPPED = 64 * 1024;

    private static final Set<HttpResponseStatus> BODILESS =
            Set.of(HttpResponseStatus.NO_CONTENT, HttpResponseStatus.NOT_MODIFIED);

    /** The JDK's own writes a day below 10 with one digit; Netty's keeps a thread-local, for each coroutine. */
    private static final DateTimeFormatter IMF_FIXDATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
            .withZone(UTC);

    private final Messages<HttpObject, HttpObject> peer;
    private final HttpHandler handler;
    private final HttpOptions options;

    HttpServerConnection(Messages<HttpObject, HttpObject> peer, HttpHandler handler, HttpOptions options) {
        this.peer = peer;
        this.handler = handler;
        this.options = options;
    }

    void run() throws Exception {
        HttpRequest head;
        do {
            head = nextHead();
        } while (head != null && serve(head));
    }

    /** The next head that can be understood; null if there is none, and nothing more to be done. */
    private @Nullable HttpRequest nextHead() throws Exception {
        HttpObject message;
        try {
            message = Asyncio.<@Nullable HttpObject, IOException>timeout(
                    options.requestHeaderTimeout(), () -> peer.receive());
        } catch (TimeoutException | IOException gone) {
            // There was no request, so nothing is missed.
            return null;
        }
        if (message == null) {
            return null;
        }
        if (message.decoderResult().isFailure() || !(message instanceof HttpRequest head)) {
            ReferenceCountUtil.release(message);
            answer(null, Response.of(statusOf(message.decoderResult().cause())), false);
            return null;
        }
        return head;
    }

    private static HttpResponseStatus statusOf(@Nullable Throwable cause) {
        if (cause instanceof TooLongHttpLineException) {
            return HttpResponseStatus.REQUEST_URI_TOO_LONG;
        }
        return cause instanceof TooLongHttpHeaderException
                ? HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                : HttpResponseStatus.BAD_REQUEST;
    }

    /** Whether the connection can serve another one. */
    private boolean serve(HttpRequest head) throws Exception {
        boolean continues = HttpUtil.is100ContinueExpected(head);
        BodyReader body = new BodyReader(peer, () -> {
            if (continues) {
                peer.send(new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
                peer.send(LastHttpContent.EMPTY_LAST_CONTENT);
            }
        });
        Request request =
                new Request(head.method(), head.uri(), head.headers(), Body.of(() -> body, options.maxBody()));
        Response response;
        try {
            response = handler.handle(request);
        } catch (BodyTooLargeException tooLarge) {
            answer(head, Response.of(HttpResponseStatus.REQUEST_ENTITY_TOO_LARGE), false);
            return false;
        } catch (Exception failure) {
            if (isLossOf(peer, failure)) {
                return false;
            }
            answer(head, Response.of(HttpResponseStatus.INTERNAL_SERVER_ERROR), false);
            throw failure;
        }
        WebSocketHandler upgrade = response.upgrade();
        if (upgrade != null) {
            return upgrade(head, body, upgrade);
        }
        boolean neverSent = continues && !body.hasStarted();
        boolean keepAlive = HttpUtil.isKeepAlive(head)
                && !neverSent
                && (body.hasEnded() || HttpUtil.getContentLength(head, 0L) <= SKIPPED)
                && !wantsClose(response)
                && (isNew(head) || response.content().isKnown());
        return answer(head, response, keepAlive) && skipRest(body);
    }

    /** Whether the rest of a body is short and comes in time, so that the connection can serve again. */
    private boolean skipRest(BodyReader body) throws IOException {
        try {
            return Asyncio.timeout(options.requestHeaderTimeout(), () -> body.skipRest(SKIPPED));
        } catch (TimeoutException slow) {
            return false;
        }
    }

    private boolean upgrade(HttpRequest head, BodyReader body, WebSocketHandler upgrade) throws Exception {
        if (!WebSocketUpgrade.isAskedForBy(head) || !skipRest(body)) {
            answer(head, WebSocketUpgrade.REFUSAL, false);
            return false;
        }
        WebSocket accepted;
        try {
            accepted = WebSocketUpgrade.accept(peer, head, options);
        } catch (IOException gone) {
            return false;
        }
        try (WebSocket socket = accepted) {
            upgrade.handle(socket);
        }
        return false;
    }

    /** Whether the client knows chunks. */
    private static boolean isNew(HttpRequest head) {
        return head.protocolVersion().compareTo(HttpVersion.HTTP_1_1) >= 0;
    }

    private static boolean wantsClose(Response response) {
        return response.headers().containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE, true);
    }

    /** As the header Date has it, RFC 9110 5.6.7. */
    static String date(Instant moment) {
        return IMF_FIXDATE.format(moment);
    }

    /** A client that goes away is no mistake of the handler's. */
    private static boolean isLossOf(Messages<?, ?> peer, Throwable failure) {
        return peer.isClosing() && (failure instanceof IOException || failure instanceof UncheckedIOException);
    }

    /**
     * Sends {@code response} to the request with {@code head}; null for one that was not understood. Whether another may
     * follow.
     */
    private boolean answer(@Nullable HttpRequest head, Response response, boolean keepAlive) throws Exception {
        HttpHeaders headers = response.headers();
        if (!keepAlive) {
            headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        if (!headers.contains(HttpHeaderNames.DATE)) {
            headers.set(HttpHeaderNames.DATE, date(Instant.now()));
        }
        boolean bodiless = BODILESS.contains(response.status());
        if (!bodiless) {
            HttpMessageWriter.frame(headers, response.content(), head == null || isNew(head));
        }
        boolean withoutBody = bodiless || (head != null && head.method().equals(HttpMethod.HEAD));
        try {
            HttpMessageWriter.send(
                    peer,
                    new DefaultHttpResponse(HttpVersion.HTTP_1_1, response.status(), headers),
                    withoutBody ? Body.EMPTY : response.content());
            return keepAlive;
        } catch (Throwable broken) {
            if (isLossOf(peer, broken)) {
                return false;
            }
            // Else the client would take what it has for the whole.
            peer.abort();
            throw broken;
        }
    }
}
