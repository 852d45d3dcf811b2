package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Whether the cluster archives the write-ahead log, and when a commit counts. */
public enum ArchiveMode {
    /** Nobody does; what was written since the last backup is lost with the server. */
    @JsonProperty("off")
    OFF,
    /** A commit counts when the server has it; the repository gets it soon after. */
    @JsonProperty("asynchronous")
    ASYNCHRONOUS,
    /** A commit counts when the repository has it: nothing acknowledged is lost with the server. */
    @JsonProperty("synchronous")
    SYNCHRONOUS
}
