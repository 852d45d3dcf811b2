package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;

/** Fetches files of the log out of the archive, for PostgreSQL's {@code restore_command}. Any number of threads may use it. */
public final class WalReader {
    private static final Pattern HISTORY = Pattern.compile("[0-9A-F]{8}\\.history");

    private final WalStore archive;

    public WalReader(WalStore archive) {
        this.archive = archive;
    }

    /**
     * Writes the file under the target's name, whole or not at all. A segment of which the archive holds a beginning only,
     * which is the last one, is filled up with zeros: PostgreSQL ends its replay there.
     *
     * @param name as PostgreSQL asks for it, {@code %f}
     * @param target {@code %p}; what is there is replaced
     * @return false when the archive has no such file
     * @throws StoreTrouble when the archive cannot be read; it must not be taken for the archive's end
     * @throws IOException also when the target cannot be written
     */
    public boolean fetch(String name, Path target) throws IOException {
        if (!WalSegment.isName(name) && !HISTORY.matcher(name).matches()) {
            return false;
        }
        // A third look, because the segment may have become whole, and its pieces gone, between the first two.
        return fetchWhole(name, target)
                || (WalSegment.isName(name) && (fetchBeginning(name, target) || fetchWhole(name, target)));
    }

    private boolean fetchWhole(String name, Path target) throws IOException {
        Optional<InputStream> found = archive.get(name);
        if (found.isEmpty()) {
            return false;
        }
        try (InputStream content = found.get()) {
            place(target, content::transferTo);
            return true;
        }
    }

    private boolean fetchBeginning(String name, Path target) throws IOException {
        byte[] beginning = SegmentAssembly.of(archive, name).bytes();
        Optional<WalHeader> header = WalHeader.read(beginning);
        if (header.isEmpty()) {
            return false;
        }
        int rest = header.get().segmentBytes() - beginning.length;
        place(target, out -> {
            out.write(beginning);
            out.write(new byte[rest]);
        });
        return true;
    }

    private interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    private static void place(Path target, Content content) throws IOException {
        Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
        try {
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(unfinished))) {
                content.writeTo(out);
            }
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }
}
