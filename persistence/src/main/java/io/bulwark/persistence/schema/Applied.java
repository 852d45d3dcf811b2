package io.bulwark.persistence.schema;

import java.time.Instant;

/** A script that the database has, as it recorded it. */
public record Applied(int version, String name, String upSha256, String downSha256, Instant appliedAt) {
    /** As its files are named. */
    public String file() {
        return Script.file(version, name);
    }
}
