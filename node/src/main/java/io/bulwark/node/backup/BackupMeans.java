package io.bulwark.node.backup;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.backup.BackupView;
import io.bulwark.cluster.MemberAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the coordinator works with.
 *
 * @param self the member on which it lives
 * @param lookEvery how often it looks at the time and at the nodes
 * @param publish tells every node
 */
record BackupMeans(
        MemberAddress self, Archive archiver, Duration lookEvery, InstantSource clock, Consumer<BackupView> publish) {
    /** The archive of the log, while the coordinator lives here. */
    interface Archive {
        /**
         * The log is to be archived so, from now on, by this node. In the mode OFF what an earlier archiver left at the
         * server is taken away, if it takes any number of attempts.
         *
         * @param told by another thread
         */
        void lead(ArchiveMode mode, Told told);

        /** Another node may do so. Returns at once. */
        void leave();

        /** @param lastBackup when one was last complete: after a gap in the log, what was archived needs one to build on */
        ArchiveView view(Optional<Instant> lastBackup);
    }

    /** Who hears of the archive. */
    interface Told {
        /** The server has dropped log that is not archived. */
        void gap(String sentence);

        /** The server keeps nothing for an archiver any more. */
        void takenAway();
    }
}
