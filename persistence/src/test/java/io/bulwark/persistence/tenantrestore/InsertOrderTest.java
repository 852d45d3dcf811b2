package io.bulwark.persistence.tenantrestore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InsertOrderTest {
    private static TableName table(String name) {
        return new TableName("app", name);
    }

    /** {@code a>b} refers, {@code a~b} refers and can be deferred. */
    private static ForeignKey key(String text) {
        boolean deferrable = text.contains("~");
        String[] ends = text.split("[>~]", 2);
        return new ForeignKey(ends[0] + "_fk", table(ends[0]), List.of("x"), table(ends[1]), List.of("y"), deferrable);
    }

    private static List<TableName> order(String tables, String keys) throws TenantRestoreException {
        return InsertOrder.of(
                Arrays.stream(tables.split(" ")).map(InsertOrderTest::table).toList(),
                keys == null
                        ? List.of()
                        : Arrays.stream(keys.split(" "))
                                .map(InsertOrderTest::key)
                                .toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a b c     |                     | a b c
                    a b c     | a>b                 | b a c
                    a b c     | a>b b>c             | c b a
                    a b c     | a>c b>c             | c a b
                    a         | a>a                 | a
                    a b       | a>elsewhere         | a b
                    a b       | elsewhere>a         | a b
                    a b       | a>b b~a             | b a
                    a b       | a~b b~a             | a b
                    a b c d   | a>b b>c c~a d>a     | c b a d
                    """)
    void order_putsEachTableAfterThoseThatItRefersTo(String tables, String keys, String expected) throws Exception {
        assertThat(order(tables, keys).stream().map(TableName::name)).containsExactly(expected.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    a b       | a>b b>a             | a_fk of app.a (to app.b), b_fk of app.b (to app.a)
                    a b c d   | a>b b>c c>a         | a_fk of app.a (to app.b), b_fk of app.b (to app.c), c_fk of app.c (to app.a)
                    """)
    void circle_isRefusedByTheNamesOfItsKeys(String tables, String keys, String named) {
        assertThatThrownBy(() -> order(tables, keys))
                .isInstanceOf(TenantRestoreException.class)
                .hasMessageContaining(named)
                .hasMessageContaining("DEFERRABLE");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void order_ofAnyTablesWithoutACircle_holds(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        int count = random.nextInt(2, 30);
        List<TableName> tables = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            tables.add(random.nextInt(tables.size() + 1), table("t" + i));
        }
        List<ForeignKey> keys = new ArrayList<>();
        for (int i = 0; i < count * 2; i++) {
            int child = random.nextInt(1, count);
            keys.add(key("t" + child + ">t" + random.nextInt(child)));
        }

        List<TableName> order = InsertOrder.of(tables, keys);

        assertThat(order).containsExactlyInAnyOrderElementsOf(tables);
        assertThat(keys).allMatch(key -> order.indexOf(key.parent()) < order.indexOf(key.child()));
    }

    @Test
    void registeredTable_isWrittenWithSchemaAndColumn() {
        assertThat(RegisteredTable.parse("app.Invoice:tenant_id"))
                .isEqualTo(new RegisteredTable("app", "Invoice", "tenant_id"))
                .hasToString("app.Invoice:tenant_id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "invoice:tenant", "app.invoice", "app.invoice:", "a.b.c:d", "app.in voice:t", "a.b:c\"d"})
    void registeredTable_writtenOtherwise_isRefused(String text) {
        assertThatThrownBy(() -> RegisteredTable.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("schema.table:column");
    }
}
