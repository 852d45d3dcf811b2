package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A backup while it is written. Open, then completed or broken off; a part at a time. */
final class OngoingBackup implements BackupWriter {
    private static final Logger log = LoggerFactory.getLogger(OngoingBackup.class);
    private static final int PARTS_MAX = 10_000;

    private final ObjectStore store;
    private final BackupFolder folder;
    private final BackupStart start;
    private final DataKey key;
    private final Compression compression;
    private final SecureRandom random;
    private final List<Backup.Part> parts = new ArrayList<>();
    private @Nullable PartStream current;
    private boolean failed;
    private boolean ended;

    OngoingBackup(
            ObjectStore store,
            BackupFolder folder,
            BackupStart start,
            DataKey key,
            Compression compression,
            SecureRandom random) {
        this.store = store;
        this.folder = folder;
        this.start = start;
        this.key = key;
        this.compression = compression;
        this.random = random;
    }

    @Override
    public OutputStream part(String name) throws StoreTrouble {
        requireOpen("begin the part " + name);
        String objectKey = BackupFolder.part(start.id(), name);
        if (parts.stream().anyMatch(part -> part.name().equals(name))) {
            throw new IllegalArgumentException("The backup " + start.id() + " has a part " + name + " already");
        }
        if (parts.size() == PARTS_MAX) {
            throw new IllegalArgumentException(
                    "A backup has at most " + PARTS_MAX + " parts, and " + name + " is one more");
        }
        PartStream part = new PartStream(name, Sealing.begin(store, objectKey, key, compression, random));
        current = part;
        return part;
    }

    @Override
    public Backup complete(BackupEnd end) throws StoreTrouble {
        requireOpen("complete it");
        if (failed) {
            throw new IllegalStateException("A part of the backup " + start.id() + " failed: take another backup");
        }
        requireParent();
        Backup backup = new Backup(start, end, parts);
        folder.complete(backup, key);
        ended = true;
        return backup;
    }

    @Override
    public void close() {
        if (!ended) {
            ended = true;
            attempt(() -> {
                if (current != null) {
                    current.discard();
                }
            });
            attempt(() -> folder.remove(start.id(), Optional.of(key.id())));
        }
    }

    private interface Cleaning {
        void run() throws IOException;
    }

    private void attempt(Cleaning cleaning) {
        try {
            cleaning.run();
        } catch (IOException e) {
            log.warn(
                    "The unfinished backup {} cannot be removed; it is not listed, and goes with the next sweep: {}",
                    start.id(),
                    e.getMessage());
        }
    }

    /** One deleted in the meantime would leave this one without what it builds on. */
    private void requireParent() throws StoreTrouble {
        if (start.parent().isPresent() && !folder.isComplete(start.parent().get())) {
            throw new StoreTrouble(
                    Kind.MISSING,
                    "The backup " + start.parent().get() + " was deleted while " + start.id()
                            + " was built on it: take a full backup");
        }
    }

    private void requireOpen(String wish) {
        if (ended || current != null) {
            throw new IllegalStateException("The backup " + start.id() + " has " + (ended ? "ended" : "an open part")
                    + ": there is no way to " + wish);
        }
    }

    private final class PartStream extends FilterOutputStream {
        private final String name;
        private final Sealing sealing;
        private boolean closed;

        PartStream(String name, Sealing sealing) {
            super(sealing);
            this.name = name;
            this.sealing = sealing;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            sealing.write(bytes, offset, length);
        }

        /** Data goes on by frames; what is durable is told by {@link #close} alone. */
        @Override
        public void flush() {}

        @Override
        public void close() throws IOException {
            if (!closed) {
                closed = true;
                current = null;
                failed = true;
                try (sealing) {
                    if (sealing.sound()) {
                        Sealing.Sealed sealed = sealing.finish();
                        parts.add(new Backup.Part(name, sealed.plainBytes(), sealed.storedBytes(), sealed.sha256()));
                        failed = false;
                    }
                }
            }
        }

        void discard() throws IOException {
            closed = true;
            current = null;
            sealing.close();
        }
    }
}
