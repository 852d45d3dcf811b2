package io.bulwark.persistence.tenantrestore;

import io.bulwark.grammar.Name;
import io.bulwark.persistence.tenantrestore.TenantRestoreException.Kind;
import java.sql.SQLException;
import java.util.Optional;

/** What a database's refusal means for the restore of a tenant. */
final class Trouble {
    private Trouble() {}

    /** By its SQLSTATE; https://www.postgresql.org/docs/18/errcodes-appendix.html. */
    static TenantRestoreException of(Name tenant, SQLException failure) {
        String state = Optional.ofNullable(failure.getSQLState()).orElse("");
        return switch (state) {
            case "40001", "40P01", "55P03" ->
                new TenantRestoreException(
                        Kind.CHANGED_MEANWHILE,
                        "Something else wrote to the tenant " + tenant + " while it was restored (" + said(failure)
                                + "): nothing was changed; run it again",
                        failure);
            case "23505" -> taken(tenant, failure);
            case "23503" ->
                new TenantRestoreException(
                        Kind.REFUSED,
                        "The rows of the instant refer to rows that are not there any more, or rows that stay refer to"
                                + " those that go (" + said(failure)
                                + "): nothing was changed; bring back first what is"
                                + " referred to, or register its table in bulwark.backup.tenant-tables",
                        failure);
            case "42501" ->
                new TenantRestoreException(
                        Kind.REFUSED,
                        "The database does not let Bulwark's user do it (" + said(failure)
                                + "): nothing was changed; it must see, delete and insert all rows of these tables,"
                                + " past row-level security",
                        failure);
            default ->
                new TenantRestoreException(
                        Kind.FAILED,
                        "The tenant " + tenant + " was not restored: " + said(failure) + "; nothing was changed",
                        failure);
        };
    }

    /** Of Bulwark's own tables: somebody wrote. Of an application's: what is unique among all tenants was given away. */
    private static TenantRestoreException taken(Name tenant, SQLException failure) {
        String said = said(failure);
        boolean own = said.contains("\"event_journal_pkey\"") || said.contains("\"operation_pkey\"");
        return own
                ? new TenantRestoreException(
                        Kind.CHANGED_MEANWHILE,
                        "The tenant " + tenant + " was written to while it was restored (" + said(failure)
                                + "): nothing was changed; run it again",
                        failure)
                : new TenantRestoreException(
                        Kind.REFUSED,
                        "A row of the instant has what is unique and was given to another since (" + said(failure)
                                + "): nothing was changed; free it first",
                        failure);
    }

    /** The server's message and its detail, on one line. */
    private static String said(SQLException failure) {
        return String.valueOf(failure.getMessage())
                .replaceAll("\\s+", " ")
                .replaceFirst("^(ERROR|FATAL): ", "")
                .replaceFirst(" Detail: ", ": ")
                .replaceFirst(" Where: .*", "")
                .replaceAll("\\.$", "");
    }
}
