package io.bulwark.persistence.archive;

import java.time.InstantSource;

/** What an archiver has as long as it lives, whatever happens to its connections. */
record ArchiveParts(
        StoreHand store, Slots slots, Fence fence, StatusBoard board, Closing closing, InstantSource clock) {}
