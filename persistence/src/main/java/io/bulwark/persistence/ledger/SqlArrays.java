package io.bulwark.persistence.ledger;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Answer.Header;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Columns of many rows, each as one array. */
final class SqlArrays {
    private SqlArrays() {}

    static <E> Array texts(Connection connection, List<E> elements, Function<E, @Nullable String> text)
            throws SQLException {
        return of(connection, "text", elements, text);
    }

    static <E> Array of(
            Connection connection, String type, List<E> elements, Function<E, ? extends @Nullable Object> value)
            throws SQLException {
        @Nullable Object[] values = new @Nullable Object[elements.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = value.apply(elements.get(i));
        }
        return connection.createArrayOf(type, values);
    }

    static <E> Array bytes(Connection connection, List<E> elements, Function<E, byte @Nullable []> bytes)
            throws SQLException {
        byte[] @Nullable [] values = new byte[elements.size()] @Nullable [];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.apply(elements.get(i));
        }
        return connection.createArrayOf("bytea", values);
    }

    /** As PostgreSQL writes an array: each element quoted, quotes and backslashes escaped. */
    static String headers(Answer answer) {
        StringBuilder literal = new StringBuilder("{");
        for (Header header : answer.headers()) {
            literal.append(literal.length() > 1 ? "," : "");
            quote(literal, header.name());
            literal.append(',');
            quote(literal, header.value());
        }
        return literal.append('}').toString();
    }

    private static void quote(StringBuilder literal, String element) {
        literal.append('"')
                .append(element.replace("\\", "\\\\").replace("\"", "\\\""))
                .append('"');
    }

    /** What is below a microsecond is cut off, as {@link Rules#after} does. */
    static long micros(Duration duration) {
        return TimeUnit.MICROSECONDS.convert(duration);
    }
}
