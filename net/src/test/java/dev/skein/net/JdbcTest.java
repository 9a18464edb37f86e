package dev.skein.net;

import static dev.skein.loop.Asyncio.createTask;
import static dev.skein.loop.Asyncio.run;
import static dev.skein.loop.Asyncio.sleep;
import static dev.skein.loop.Asyncio.toThread;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.skein.loop.Task;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver that blocks, in a coroutine: H2 over TCP, whose query takes until the loop has ticked ten times. */
public class JdbcTest {
    /** Opened by the ticking task; the query waits for it, in H2's thread. */
    private static final CountDownLatch[] TICKED = {new CountDownLatch(1)};

    private Server database;
    private String url;

    /** Called by H2. */
    public static int awaitTicks() throws InterruptedException {
        TICKED[0].await();
        return 42;
    }

    @BeforeEach
    void start() throws SQLException {
        TICKED[0] = new CountDownLatch(1);
        database = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        url = "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:ticks";
    }

    @AfterEach
    void stop() {
        database.stop();
    }

    private int query() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url, "sa", "");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE ALIAS AWAIT_TICKS FOR \"dev.skein.net.JdbcTest.awaitTicks\"");
            try (ResultSet result = statement.executeQuery("SELECT AWAIT_TICKS()")) {
                result.next();
                return result.getInt(1);
            }
        }
    }

    private static void tick() {
        for (int i = 0; i < 10; i++) {
            sleep(Duration.ofMillis(1));
        }
        TICKED[0].countDown();
    }

    @Test
    void aQueryInACoroutineLetsTheLoopTick() {
        assumeTrue(
                Thread.class.getModule().isOpen("java.lang", JdbcTest.class.getModule()),
                "without the flag, a JDK call that blocks holds the loop");
        run(() -> {
            Task<?> ticking = createTask(JdbcTest::tick);
            assertThat(query()).isEqualTo(42);
            ticking.await();
        });
    }

    @Test
    void inAThreadItDoesSoEverywhere() {
        run(() -> {
            Task<?> ticking = createTask(JdbcTest::tick);
            assertThat(toThread(this::query)).isEqualTo(42);
            ticking.await();
        });
    }
}
