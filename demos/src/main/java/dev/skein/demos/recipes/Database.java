package dev.skein.demos.recipes;

import static dev.skein.loop.Asyncio.toThread;

import dev.skein.loop.sync.Semaphore;
import java.sql.SQLException;
import javax.sql.DataSource;

/** JDBC, with as many threads as the pool has connections. */
// region database
final class Database {
    private final DataSource pool;
    private final Semaphore free;

    Database(DataSource pool, int connections) {
        this.pool = pool;
        this.free = new Semaphore(connections);
    }

    /** Suspends the calling coroutine; the loop runs on, with the flag and without. */
    String nameOf(long id) throws SQLException {
        try (var _ = free.hold()) {
            return toThread(() -> query(id));
        }
    }

    private String query(long id) throws SQLException {
        try (var connection = pool.getConnection();
                var statement = connection.prepareStatement("select name from users where id = ?")) {
            statement.setLong(1, id);
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : "nobody";
            }
        }
    }
}
// endregion
