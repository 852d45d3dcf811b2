package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** What the operating system says about a file, as trouble that a caller can act on. */
final class FileTrouble {
    /** Linux's texts (strerror), in lower case. Java gives no error numbers. */
    private static final Map<String, Kind> BY_TEXT = Map.ofEntries(
            Map.entry("no space left on device", Kind.FULL),
            Map.entry("disk quota exceeded", Kind.FULL),
            Map.entry("file too large", Kind.FULL),
            Map.entry("read-only file system", Kind.READ_ONLY),
            Map.entry("permission denied", Kind.DENIED),
            Map.entry("operation not permitted", Kind.DENIED),
            Map.entry("stale file handle", Kind.UNREACHABLE),
            Map.entry("host is down", Kind.UNREACHABLE),
            Map.entry("no route to host", Kind.UNREACHABLE),
            Map.entry("connection timed out", Kind.UNREACHABLE),
            Map.entry("transport endpoint is not connected", Kind.UNREACHABLE));

    private FileTrouble() {}

    /**
     * @param what a sentence about what could not be done, without its end
     * @param directory in which it could not be done
     */
    static StoreTrouble of(String what, Path directory, IOException failure) {
        if (failure instanceof StoreTrouble trouble) {
            return trouble;
        }
        Kind kind = kind(directory, failure);
        return new StoreTrouble(kind, what + " (" + reason(failure) + "): " + remedy(kind, directory), failure);
    }

    private static Kind kind(Path directory, IOException failure) {
        return switch (failure) {
            case NoSuchFileException _ -> Kind.MISSING;
            case FileAlreadyExistsException _ -> Kind.EXISTS;
            case AccessDeniedException _ -> Kind.DENIED;
            default -> byText(directory, failure);
        };
    }

    private static Kind byText(Path directory, IOException failure) {
        String reason = reason(failure).toLowerCase(Locale.ROOT);
        for (Map.Entry<String, Kind> entry : BY_TEXT.entrySet()) {
            if (reason.contains(entry.getKey())) {
                return entry.getValue();
            }
        }
        return byState(directory);
    }

    /** For texts in another language than English, which the process's locale may ask for. */
    private static Kind byState(Path directory) {
        try {
            FileStore device = Files.getFileStore(directory);
            if (device.isReadOnly()) {
                return Kind.READ_ONLY;
            }
            return device.getUsableSpace() == 0 ? Kind.FULL : Kind.FAILED;
        } catch (IOException e) {
            return Kind.FAILED;
        }
    }

    private static String reason(IOException failure) {
        if (failure instanceof FileSystemException ofFile && ofFile.getReason() != null) {
            return ofFile.getReason();
        }
        return switch (failure) {
            case NoSuchFileException _ -> "no such file";
            case FileAlreadyExistsException _ -> "it exists";
            case AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(failure.getMessage());
        };
    }

    private static String remedy(Kind kind, Path directory) {
        return switch (kind) {
            case FULL -> "free space on the device of " + directory + ", or raise the quota";
            case READ_ONLY -> "mount " + directory + " for writing, or use another directory";
            case DENIED -> "give this process's user rights in " + directory;
            case EXISTS -> "objects are never overwritten";
            case MISSING -> "look whether " + directory + " is the right directory, and mounted";
            case UNREACHABLE, THROTTLED -> "look after the file server of " + directory;
            case DAMAGED, WRONG_KEY, FAILED -> "look at the device of " + directory;
        };
    }
}
