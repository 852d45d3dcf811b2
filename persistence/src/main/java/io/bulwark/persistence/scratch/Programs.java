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
     * @param what they are for, for messages
     * @param major its version, as {@code PG_VERSION} says it
     * @throws ScratchException when they are of another version
     */
    default ServerPrograms forData(String what, String major) throws IOException, InterruptedException {
        return switch (this) {
            case Brought(Path folder) -> {
                require(ServerPrograms.broughtMajor(), what, major, "the programs that Bulwark brings");
                yield ServerPrograms.brought(folder);
            }
            case Installed(Path bin) -> {
                ServerPrograms installed = ServerPrograms.installed(bin);
                require(installed.major(), what, major, "the programs in " + bin);
                yield installed;
            }
        };
    }

    private static void require(String found, String what, String major, String whose) throws ScratchException {
        if (!found.equals(major)) {
            throw new ScratchException(what + " is of PostgreSQL " + major + ", and " + whose
                    + " are of PostgreSQL " + found + ": install PostgreSQL " + major
                    + " on this machine, and name the folder with its programs");
        }
    }
}
