package dev.skein.loop;

import static dev.skein.loop.Asyncio.await;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.yieldNow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.skein.testsupport.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Threads that begin inside a coroutine are the JDK's, not the loop's: they run in parallel, and outlive it. */
@Execution(ExecutionMode.CONCURRENT)
class ChildThreadTest {
    @Test
    void aVirtualThreadStartedInACoroutineRunsBesideTheLoop() {
        run(() -> {
            CompletableFuture<String> said = new CompletableFuture<>();
            Thread child = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(1);
                    said.complete("not in the loop: " + (Coroutine.current() == null));
                } catch (InterruptedException e) {
                    said.completeExceptionally(e);
                }
            });
            assertThat(await(said)).isEqualTo("not in the loop: true");
            Await.join(child);
        });
    }

    @Test
    void aVirtualThreadStartedInACoroutineIsAStrangerToTheLoop() {
        run(() -> {
            Loop loop = Loop.current();
            CompletableFuture<Void> end = new CompletableFuture<>();
            Thread.ofVirtual()
                    .start(() -> complete(end, () -> {
                        assertThatThrownBy(() -> yieldNow()).hasMessageStartingWith("yieldNow() outside a coroutine");
                        assertThatThrownBy(Loop::current).hasMessageStartingWith("no running loop");
                        assertThatThrownBy(loop::createFuture).isInstanceOf(WrongThreadException.class);
                    }));
            await(end);
        });
    }

    private static void complete(CompletableFuture<Void> end, Runnable body) {
        try {
            body.run();
            end.complete(null);
        } catch (Throwable failure) {
            end.completeExceptionally(failure);
        }
    }

    @Test
    void anExecutorOfVirtualThreadsWorksInACoroutine() {
        int sum = run(() -> {
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                int total = 0;
                for (int i = 0; i < 100; i++) {
                    int number = i;
                    total += await(CompletableFuture.supplyAsync(() -> number, executor));
                }
                return total;
            }
        });
        assertThat(sum).isEqualTo(4_950);
    }

    @Test
    void aVirtualThreadStartedInACoroutineOutlivesTheLoop() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CompletableFuture<String> said = new CompletableFuture<>();
        try (Echo echo = new Echo()) {
            run(() -> {
                Thread.ofVirtual().start(() -> {
                    try {
                        closed.await();
                        said.complete(echo.roundTrip("after"));
                    } catch (Exception e) {
                        said.completeExceptionally(e);
                    }
                });
            });
            closed.countDown();

            assertThat(said.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo("after");
        }
    }

    @Test
    void aSocketReadThatAChildBeganBeforeTheLoopClosedEndsAfterwards() throws Exception {
        CompletableFuture<Integer> said = new CompletableFuture<>();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket peer = listener.accept()) {
            Thread child = run(() -> Thread.ofVirtual().start(() -> {
                try {
                    said.complete(socket.getInputStream().read());
                } catch (IOException e) {
                    said.completeExceptionally(e);
                }
            }));
            Await.untilBlocked(child);
            peer.getOutputStream().write(42);

            assertThat(said.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(42);
        }
    }

    @Test
    void anHttpRequestMadeInACoroutineIsAnswered() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            byte[] body = "hello".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
        HttpRequest request = HttpRequest.newBuilder(uri).build();
        HttpResponse.BodyHandler<String> asText = HttpResponse.BodyHandlers.ofString();
        try (HttpClient client = run(() -> {
            HttpClient made = HttpClient.newHttpClient();
            assertThat(await(made.sendAsync(request, asText)).body()).isEqualTo("hello");
            assertThat(made.send(request, asText).body()).isEqualTo("hello");
            return made;
        })) {
            // Made in a coroutine, used when that loop has closed, and in another loop.
            assertThat(client.send(request, asText).body()).isEqualTo("hello");
            String inAnotherLoop =
                    run(() -> await(client.sendAsync(request, asText)).body());
            assertThat(inAnotherLoop).isEqualTo("hello");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void virtualThreadsCanUseSocketsAfterManyLoopsHaveClosed() {
        String said = ChildJvm.of(ManyLoops.class).run().line();

        assertThat(said).isEqualTo("[first, loop 0, loop 1, loop 2, loop 3, loop 4, plain, last]");
    }

    /** The JDK's socket pollers start with the first read of a virtual thread: here, that is a coroutine's. */
    static final class ManyLoops {
        public static void main(String[] args) throws Exception {
            List<String> answers = new ArrayList<>();
            try (Echo echo = new Echo()) {
                answers.add(run(() -> echo.roundTrip("first")));
                for (int i = 0; i < 5; i++) {
                    String text = "loop " + i;
                    answers.add(run(() -> {
                        CompletableFuture<String> said = new CompletableFuture<>();
                        Thread.ofVirtual().start(() -> said.complete(echo.roundTripUnchecked(text)));
                        return await(said);
                    }));
                }
                CompletableFuture<String> plain = new CompletableFuture<>();
                Thread.ofVirtual().start(() -> plain.complete(echo.roundTripUnchecked("plain")));
                answers.add(plain.get(20, TimeUnit.SECONDS));
                answers.add(run(() -> echo.roundTrip("last")));
            }
            System.out.println(answers);
        }
    }

    /** A peer with the JDK's sockets that sends back what it gets. */
    private static final class Echo implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Echo() throws IOException {
            Thread.ofPlatform().daemon().start(this::serve);
        }

        private void serve() {
            while (true) {
                try (Socket peer = listener.accept()) {
                    peer.getInputStream().transferTo(peer.getOutputStream());
                } catch (IOException closed) {
                    return;
                }
            }
        }

        String roundTrip(String text) throws IOException {
            try (Socket socket = new Socket(listener.getInetAddress(), listener.getLocalPort())) {
                socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
                socket.shutdownOutput();
                return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        String roundTripUnchecked(String text) {
            try {
                return roundTrip(text);
            } catch (IOException e) {
                return e.toString();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
