package io.bulwark.persistence.scratch;

import io.bulwark.persistence.embedded.ServerPrograms;
import java.io.IOException;
import java.nio.file.Path;

/** Whose programs a scratch server is run with; they have to be of the data's major version. */
public sealed interface Programs {
    /**
     * Those that Bulwark brings, of PostgreSQL 18.
     *
     * @param folder where they are unpacked, once; made if it is missing
     */
    record Brought(Path folder) implements Programs {}

    /**
     * Those of an installation on this machine.
     *
     * @param bin such as {@code /usr/lib/postgresql/16/bin}
     */
    record Installed(Path bin) implements Programs {}

    /**
     * Finds them.
     *
     * @param data the data directory, for messages
     * @param major what its {@code PG_VERSION} says
     * @throws ScratchException when they are of another version
     */
    default ServerPrograms forData(Path data, String major) throws IOException, InterruptedException {
        return switch (this) {
            case Brought(Path folder) -> {
                require(ServerPrograms.broughtMajor(), data, major, "the programs that Bulwark brings");
                yield ServerPrograms.brought(folder);
            }
            case Installed(Path bin) -> {
                ServerPrograms installed = ServerPrograms.installed(bin);
                require(installed.major(), data, major, "the programs in " + bin);
                yield installed;
            }
        };
    }

    private static void require(String found, Path data, String major, String whose) throws ScratchException {
        if (!found.equals(major)) {
            throw new ScratchException("The data in " + data + " is of PostgreSQL " + major + ", and " + whose
                    + " are of PostgreSQL " + found + ": install PostgreSQL " + major
                    + " on this machine, and name the folder with its programs");
        }
    }
}
