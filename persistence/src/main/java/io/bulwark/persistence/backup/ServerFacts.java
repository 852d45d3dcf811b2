package io.bulwark.persistence.backup;

/**
 * What a server says of itself before a backup.
 *
 * @param systemIdentifier which cluster it is; two copies of one cluster have the same
 * @param versionNum such as 180006
 * @param blockBytes of a page
 * @param summarizesWal whether it keeps the summaries that incremental backups need; false before version 17
 * @param pageChecksums whether pages carry checksums
 * @param lineage {@value #LINEAGE_SETTING}, which each restore sets anew; empty for a server that was never restored
 */
record ServerFacts(
        String systemIdentifier,
        int timeline,
        int versionNum,
        int blockBytes,
        boolean summarizesWal,
        boolean pageChecksums,
        String lineage) {
    static final String LINEAGE_SETTING = "bulwark.lineage";
    /** Older ones are not maintained any more. */
    static final int OLDEST = 140_000;

    static final int FIRST_WITH_ONE_COPY = 150_000;
    static final int FIRST_WITH_INCREMENTALS = 170_000;

    int majorVersion() {
        return versionNum / 10_000;
    }

    boolean hasIncrementals() {
        return versionNum >= FIRST_WITH_INCREMENTALS;
    }
}
