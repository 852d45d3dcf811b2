package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a restore reads; of one that goes on with another, what is left to be read.
 *
 * @param chain the backups, the full one first and the wanted one last
 * @param reads in the order in which they are read
 */
public record RestorePlan(List<Backup> chain, List<Read> reads) {
    private static final String TAR = ".tar";
    private static final String BASE = "base" + TAR;

    public RestorePlan {
        chain = List.copyOf(chain);
        reads = List.copyOf(reads);
    }

    /**
     * One object of the repository.
     *
     * @param storedBytes what is read from the store
     * @param plainBytes what that becomes
     */
    public record Read(String backupId, String part, long storedBytes, long plainBytes) {}

    /**
     * Of a backup that is whole only the manifest is read, and only of the last one: by it what is there is told from what
     * somebody else put there.
     */
    static RestorePlan of(List<Backup> chain, Recorded before) {
        List<Read> reads = new ArrayList<>();
        for (int i = Math.max(0, before.backups() - 1); i < chain.size(); i++) {
            Backup backup = chain.get(i);
            backup.part(BaseBackup.MANIFEST).ifPresent(part -> reads.add(read(backup, part)));
            if (i >= before.backups()) {
                Set<String> whole = i == before.backups() ? before.parts() : Set.of();
                tars(backup).stream()
                        .filter(tar -> !whole.contains(tar.name()))
                        .forEach(tar -> reads.add(read(backup, tar)));
            }
        }
        return new RestorePlan(chain, reads);
    }

    private static Read read(Backup backup, Backup.Part part) {
        return new Read(backup.id(), part.name(), part.storedBytes(), part.plainBytes());
    }

    /** The data directory first, because the tablespaces hang in it. */
    static List<Backup.Part> tars(Backup backup) {
        List<Backup.Part> tars = new ArrayList<>();
        backup.part(BASE).ifPresent(tars::add);
        backup.parts().stream().filter(part -> !oid(part).isEmpty()).forEach(tars::add);
        return tars;
    }

    /** Of the tablespace that the part holds; empty when it holds none. */
    static String oid(Backup.Part part) {
        return part.name().matches("[0-9]{1,10}\\.tar")
                ? part.name().substring(0, part.name().length() - TAR.length())
                : "";
    }

    /** What is read from the store. */
    public long storedBytes() {
        return reads.stream().mapToLong(Read::storedBytes).sum();
    }

    /** What that becomes; the restored server has this at most, because later backups replace parts of earlier ones. */
    public long plainBytes() {
        return reads.stream().mapToLong(Read::plainBytes).sum();
    }
}
