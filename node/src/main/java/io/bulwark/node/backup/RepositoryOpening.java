package io.bulwark.node.backup;

import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;

/**
 * Opens the repository of this node. Whoever needs it opens it for himself, with the keys and credentials as they are then,
 * and closes it: what one finds broken is not closed under another, and a node starts while the repository is away.
 */
@FunctionalInterface
public interface RepositoryOpening {
    /**
     * Blocks.
     *
     * @return to be closed by the caller
     * @throws StoreTrouble when it cannot be opened now
     */
    Repository open() throws StoreTrouble;
}
