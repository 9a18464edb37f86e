package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.gather;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.net.Streams.openConnection;
import static dev.skein.net.Streams.startServer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mockito.Mockito.RETURNS_DEEP_STUBS;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.skein.loop.Loop;
import dev.skein.loop.Task;
import dev.skein.loop.sync.Queue;
import dev.skein.loop.sync.QueueShutDownException;
import dev.skein.loop.testing.TestLoop;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Each recipe does what its page says. */
class RecipesTest {
    private final List<String> trail = new ArrayList<>();

    private int tries;

    private String fail() throws IOException {
        tries++;
        throw new IOException("try " + tries);
    }

    @Test
    void backoffGivesUpAtTheEighthTryAndThrowsItsFailure() {
        try (TestLoop loop = new TestLoop()) {
            assertThatThrownBy(() -> loop.run(() -> Backoff.retry(this::fail, new Random(1))))
                    .hasRootCauseInstanceOf(IOException.class)
                    .hasRootCauseMessage("try 8");
            assertThat(loop.elapsed()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(26));
        }
    }

    @Test
    void aHundredQuestionsAtATimeGetTheirOwnAnswers() {
        run(() -> {
            try (var server = startServer(GracefulShutdown::answer, "127.0.0.1", 0);
                    var client = new PipelinedClient(openConnection("127.0.0.1", server.port()))) {
                List<String> questions =
                        IntStream.range(0, 100).mapToObj(i -> "question " + i).toList();

                List<String> answers = FanOut.fetchAll(questions, 100, question -> ask(client, question));

                assertThat(answers).isEqualTo(questions);
            }
        });
    }

    @Test
    void aCancelledQuestionLeavesTheOthersTheirAnswers() {
        run(() -> {
            try (var server = startServer(GracefulShutdown::answer, "127.0.0.1", 0);
                    var client = new PipelinedClient(openConnection("127.0.0.1", server.port()))) {
                Task<String> first = createTask(() -> client.ask("first"));
                Task<String> second = createTask(() -> client.ask("second"));
                createTask(() -> first.cancel());

                assertThat(second.await()).isEqualTo("second");
            }
        });
    }

    @Test
    void questionsFailWhenTheServerHangsUp() {
        run(() -> {
            try (var server = startServer(peer -> peer.reader().readLine(), "127.0.0.1", 0);
                    var client = new PipelinedClient(openConnection("127.0.0.1", server.port()))) {
                assertThatThrownBy(() -> client.ask("anybody there?")).hasMessageContaining("the server hung up");
            }
        });
    }

    private static String ask(PipelinedClient client, String question) {
        try {
            return client.ask(question);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void threeWorkersDoTenJobsOfASecondInFourSeconds() {
        try (TestLoop loop = new TestLoop()) {
            List<String> jobs =
                    IntStream.rangeClosed(1, 10).mapToObj(i -> "job " + i).toList();

            loop.run(() -> Workers.process(jobs, 3, job -> {
                sleep(Duration.ofSeconds(1));
                trail.add(job);
            }));

            assertThat(trail).isEqualTo(jobs);
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(4));
        }
    }

    @Test
    void aPeriodicJobKeepsItsMomentsAndLeavesOutWhatItMissed() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                long begin = Loop.current().time();
                Task<?> job = createTask(() -> Periodic.every(Duration.ofSeconds(10), () -> {
                    trail.add((Loop.current().time() - begin) / 1_000_000_000 + " s");
                    sleep(Duration.ofSeconds(trail.size() == 2 ? 25 : 1));
                }));
                sleep(Duration.ofSeconds(56));
                job.cancel();
            });

            assertThat(trail).containsExactly("0 s", "10 s", "35 s", "45 s", "55 s");
        }
    }

    @Test
    void aRateLimitLetsTenCallersThroughInNineGaps() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                RateLimit limit = new RateLimit(Duration.ofMillis(100));
                gather(IntStream.range(0, 10)
                                .mapToObj(i -> createTask(() -> {
                                    limit.await();
                                    trail.add("caller " + i);
                                }))
                                .toList())
                        .await();
            });

            assertThat(trail).hasSize(10).startsWith("caller 0").endsWith("caller 9");
            assertThat(loop.elapsed()).isEqualTo(Duration.ofMillis(900));
        }
    }

    @Test
    void aQueryRunsOnAnotherThreadAndComesBack() throws Exception {
        DataSource pool = mock(DataSource.class);
        Connection connection = mock(Connection.class);
        PreparedStatement statement = mock(PreparedStatement.class);
        ResultSet rows = mock(ResultSet.class, RETURNS_DEEP_STUBS);
        when(pool.getConnection()).thenReturn(connection);
        when(connection.prepareStatement("select name from users where id = ?")).thenReturn(statement);
        when(statement.executeQuery()).thenReturn(rows);
        when(rows.next()).thenReturn(true);
        when(rows.getString(1)).thenAnswer(call -> Thread.currentThread().getName());

        String threadOfTheQuery = run(() -> new Database(pool, 2).nameOf(7));

        assertThat(threadOfTheQuery).isNotEqualTo("Task-1");
    }

    @Test
    void anOrdinaryProgramStartsCoroutinesAndCancelsThem() {
        try (Background background = new Background()) {
            assertThat(background
                            .start(() -> {
                                sleep(Duration.ofMillis(1));
                                return Thread.currentThread().getName();
                            })
                            .join())
                    .startsWith("Task-");

            CompletableFuture<String> failing = background.start(() -> {
                throw new IOException("no");
            });
            assertThatThrownBy(failing::join)
                    .isInstanceOf(CompletionException.class)
                    .hasRootCauseMessage("no");
        }
    }

    @Test
    void aSubscriberThatFallsBehindIsDroppedAndTheOthersGetAll() {
        try (TestLoop loop = new TestLoop()) {
            loop.run(() -> {
                Hub hub = new Hub();
                Queue<String> slow = hub.subscribe();
                Queue<String> quick = hub.subscribe();
                for (int i = 0; i < 100; i++) {
                    hub.publish("news " + i);
                    assertThat(quick.get()).isEqualTo("news " + i);
                }
                assertThatThrownBy(slow::get).isInstanceOf(QueueShutDownException.class);
            });
        }
    }

    @Test
    void tenCallsOfASecondThreeAtATimeTakeFourSecondsAndKeepTheirOrder() {
        try (TestLoop loop = new TestLoop()) {
            List<String> names =
                    IntStream.range(0, 10).mapToObj(Integer::toString).toList();

            List<String> found = loop.run(() -> FanOut.fetchAll(names, 3, name -> {
                sleep(Duration.ofSeconds(1));
                return name;
            }));

            assertThat(found).isEqualTo(names);
            assertThat(loop.elapsed()).isEqualTo(Duration.ofSeconds(4));
        }
    }
}
