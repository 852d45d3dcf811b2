package io.bulwark.load.command;

import io.bulwark.load.node.Distribution;
import java.nio.file.Path;

/** Where the launcher says that things are; without it, as seen from the module load-tests. */
final class Places {
    private Places() {}

    /** The checkout whose commit is noted. */
    static Path checkout() {
        return path("bulwark.checkout", "..");
    }

    /** Where results go by default. */
    static Path reports() {
        return path("bulwark.reports", "target/reports");
    }

    /** Where processes keep their data. */
    static Path scratch() {
        return path("bulwark.scratch", "target/nodes");
    }

    /** The packaged node. */
    static Path distribution() {
        return path(Distribution.PROPERTY, "../node/target/bulwark");
    }

    private static Path path(String property, String otherwise) {
        return Path.of(System.getProperty(property, otherwise)).toAbsolutePath().normalize();
    }
}
