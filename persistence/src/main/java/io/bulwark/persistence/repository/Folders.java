package io.bulwark.persistence.repository;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Folders that are durable once they are made, and open to their owner only. */
final class Folders {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private Folders() {}

    /** Makes the folder and those above it that are not there. */
    static void make(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        @Nullable Path parent = folder.getParent();
        if (parent != null) {
            make(parent);
        }
        try {
            Files.createDirectory(folder, OWNER_ONLY);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder)) {
                throw e;
            }
        }
        if (parent != null) {
            sync(parent);
        }
    }

    /** Makes the names in the folder durable. */
    static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * Makes the names in the folder durable, and its own up to the root: another process may have made a folder on the way
     * and not come to its end.
     */
    static void syncUpTo(Path folder, Path root) throws IOException {
        for (@Nullable Path at = folder; at != null && at.startsWith(root); at = at.getParent()) {
            sync(at);
        }
    }

    /** Removes the folder and those above it, as far as they are empty and below the root. */
    static void removeEmpty(Path folder, Path root) throws IOException {
        for (@Nullable Path at = folder; at != null && !at.equals(root); at = at.getParent()) {
            try {
                Files.delete(at);
            } catch (FileSystemException notEmptyOrNotAllowed) {
                return;
            }
        }
    }
}
