package io.bulwark.persistence.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One process has the directory at a time; the operating system gives the lock back when that process dies. */
public final class DirectoryLock implements AutoCloseable {
    private final FileChannel file;

    private DirectoryLock(FileChannel file) {
        this.file = file;
    }

    static DirectoryLock take(Path directory) throws IOException {
        return tryTake(directory)
                .orElseThrow(() -> new EmbeddedPostgresException("Another node uses " + directory
                        + ": stop it, join it (bulwark node --join), or give this node a directory of its own or the"
                        + " JDBC URL of a server"));
    }

    /** Empty when somebody else has it, in this process or another. The lock is a file {@code lock} in the directory. */
    public static Optional<DirectoryLock> tryTake(Path directory) throws IOException {
        FileChannel file =
                FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (tryLock(file) == null) {
            file.close();
            return Optional.empty();
        }
        return Optional.of(new DirectoryLock(file));
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldByThisProcess) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
