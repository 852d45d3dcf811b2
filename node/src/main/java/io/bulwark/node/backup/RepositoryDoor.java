package io.bulwark.node.backup;

import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.util.Optional;

/** The repository of this node, opened when it is first needed, so that a node starts while it is away. */
final class RepositoryDoor implements AutoCloseable {
    private final Opening opening;
    private Optional<Repository> open = Optional.empty();
    private boolean closed;

    /** How it is opened. */
    interface Opening {
        Repository open() throws StoreTrouble;
    }

    RepositoryDoor(Opening opening) {
        this.opening = opening;
    }

    /** @throws StoreTrouble when it cannot be opened now */
    synchronized Repository open() throws StoreTrouble {
        if (closed) {
            throw new IllegalStateException("The node is stopping: nothing is done with the repository any more");
        }
        if (open.isEmpty()) {
            open = Optional.of(opening.open());
        }
        return open.get();
    }

    /**
     * After a trouble that may lie in credentials or keys: they are read anew by the next who needs it. Who still reads
     * from the former one is broken off.
     */
    synchronized void reopen() {
        open.ifPresent(Repository::close);
        open = Optional.empty();
    }

    @Override
    public synchronized void close() {
        closed = true;
        reopen();
    }
}
