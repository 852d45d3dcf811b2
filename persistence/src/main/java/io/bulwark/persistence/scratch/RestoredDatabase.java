package io.bulwark.persistence.scratch;

import io.bulwark.persistence.database.Database;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of the source, on a scratch server. */
final class RestoredDatabase {
    private RestoredDatabase() {}

    /**
     * The database of the same name; nothing else of the source's URL is taken.
     *
     * @throws IllegalArgumentException when the URL is not understood
     */
    static Database on(int port, Database source) {
        PGSimpleDataSource parsed = new PGSimpleDataSource();
        parsed.setUrl(source.url());
        String named = parsed.getDatabaseName();
        String name = named == null || named.isEmpty() ? source.user() : named;
        return new Database(url("127.0.0.1:" + port, name), source.user(), source.password());
    }

    /** Another database of the same scratch server. */
    static Database named(Database one, String name) {
        String address =
                one.url().substring("jdbc:postgresql://".length(), one.url().lastIndexOf('/'));
        return new Database(url(address, name), one.user(), one.password());
    }

    private static String url(String address, String name) {
        return "jdbc:postgresql://" + address + "/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    }
}
