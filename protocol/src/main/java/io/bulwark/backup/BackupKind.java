package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How much of the database a backup holds by itself; the later, the more. */
public enum BackupKind {
    /** What changed since the last backup. */
    @JsonProperty("incremental")
    INCREMENTAL,
    /** What changed since the last full one. */
    @JsonProperty("differential")
    DIFFERENTIAL,
    /** Everything. */
    @JsonProperty("full")
    FULL
}
