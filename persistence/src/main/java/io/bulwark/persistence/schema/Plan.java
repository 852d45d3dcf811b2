package io.bulwark.persistence.schema;

import java.util.Comparator;
import java.util.List;

/** What is to be run, decided from the scripts that are shipped and those that the database recorded. */
final class Plan {
    private final List<Script> shipped;
    private final List<Applied> applied;

    /** @throws MigrationException when the two do not fit together; the message names the script */
    Plan(List<Script> shipped, List<Applied> applied) {
        this.shipped = shipped;
        this.applied = applied;
        checkNumbers();
        for (Applied recorded : applied) {
            check(recorded);
        }
    }

    /** Those that the database does not have, in order. */
    List<Script> up() {
        return shipped.subList(applied.size(), shipped.size());
    }

    /** Those above the version, the latest first. */
    List<Script> down(int toVersion) {
        if (toVersion < 0 || toVersion > applied.size()) {
            throw new MigrationException("Cannot go down to " + toVersion + ": the database is at " + applied.size()
                    + ", expected 0 to that");
        }
        return shipped.subList(toVersion, applied.size()).reversed();
    }

    private void checkNumbers() {
        for (int i = 0; i < shipped.size(); i++) {
            if (shipped.get(i).version() != i + 1) {
                throw new MigrationException("The script " + shipped.get(i).file() + " follows "
                        + (i == 0 ? "nothing" : shipped.get(i - 1).file()) + ": expected number " + (i + 1)
                        + ", because scripts are numbered from 1 without gaps");
            }
        }
        List<Applied> sorted = applied.stream()
                .sorted(Comparator.comparingInt(Applied::version))
                .toList();
        for (int i = 0; i < sorted.size(); i++) {
            if (sorted.get(i).version() != i + 1) {
                throw new MigrationException(
                        "The database records " + sorted.get(i).file() + " and not number " + (i + 1)
                                + ": its table bulwark_migration was changed by hand, restore the missing line");
            }
        }
    }

    private void check(Applied recorded) {
        if (recorded.version() > shipped.size()) {
            throw new MigrationException("The database has the script " + recorded.file()
                    + ", which this program does not ship: the database is newer, or the script was removed;"
                    + " use the newer program, or its 'migrate down " + shipped.size() + "'");
        }
        Script script = shipped.get(recorded.version() - 1);
        if (!script.name().equals(recorded.name())) {
            throw new MigrationException("The database has the script " + recorded.file() + ", which is missing here: "
                    + script.file() + " stands in its place");
        }
        check(recorded, "up", recorded.upSha256(), script.upSha256());
        check(recorded, "down", recorded.downSha256(), script.downSha256());
    }

    private static void check(Applied recorded, String direction, String expected, String found) {
        if (!expected.equals(found)) {
            throw new MigrationException("The script " + recorded.file() + "." + direction
                    + ".sql was edited after it was applied (SHA-256 " + found + ", recorded " + expected
                    + "): put the original back and write a new script instead");
        }
    }
}
