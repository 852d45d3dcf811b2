package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file under a temporary name, which at the commit gets its own name as a second, hard link: linking never overwrites, and
 * makes the file visible whole or not at all.
 */
final class DirectoryWriter extends ObjectWriter {
    private static final Logger log = LoggerFactory.getLogger(DirectoryWriter.class);

    private final Path root;
    private final String key;
    private final Path temporary;
    private final Path target;
    private final FileChannel file;
    private boolean broken;
    private boolean ended;

    DirectoryWriter(Path root, String key, Path temporary, Path target, FileChannel file) {
        this.root = root;
        this.key = key;
        this.temporary = temporary;
        this.target = target;
        this.file = file;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        requireSound();
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        broken = true;
        try {
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            broken = false;
        } catch (IOException e) {
            throw trouble(e);
        }
    }

    @Override
    public void commit() throws StoreTrouble {
        requireSound();
        broken = true;
        try {
            file.force(true);
            file.close();
            link();
        } catch (IOException e) {
            throw trouble(e);
        }
        makeNameDurable();
        broken = false;
        close();
    }

    private void link() throws IOException {
        try {
            Files.createLink(target, temporary);
        } catch (FileAlreadyExistsException e) {
            throw DirectoryStore.exists(key, e);
        } catch (FileSystemException e) {
            String reason = String.valueOf(e.getReason());
            // Of a file of one's own that was just written, this is how a file system says that it has no links.
            if (reason.equals("Operation not permitted") || reason.equals("Operation not supported")) {
                throw new StoreTrouble(
                        Kind.FAILED,
                        "The file system of " + directory() + " has no hard links: use another for the repository",
                        e);
            }
            throw e;
        }
    }

    private void makeNameDurable() throws StoreTrouble {
        try {
            Folders.syncUpTo(directory(), root);
        } catch (IOException e) {
            StoreTrouble trouble = trouble(e);
            try {
                Files.deleteIfExists(target);
            } catch (IOException onDelete) {
                trouble.addSuppressed(onDelete);
            }
            throw trouble;
        }
    }

    /** What cannot be removed now is removed when a store is opened on the directory later. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            try (file) {
                Files.deleteIfExists(temporary);
            } catch (IOException e) {
                log.warn("The temporary file {} stays: {}", temporary, e.toString());
            }
        }
    }

    private void requireSound() throws StoreTrouble {
        if (ended || broken) {
            throw new StoreTrouble(
                    Kind.FAILED, "The object " + key + (ended ? " has ended" : " broke off before, and cannot go on"));
        }
    }

    private StoreTrouble trouble(IOException e) {
        return FileTrouble.of("The object " + key + " cannot be written", directory(), e);
    }

    private Path directory() {
        return DirectoryStore.folderOf(target);
    }
}
