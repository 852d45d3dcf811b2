package io.bulwark.node.start;

import io.bulwark.http.wire.EventLoops;
import io.bulwark.node.cluster.JoinRefused;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.config.Settings;
import io.bulwark.node.database.OpenDatabase;
import io.bulwark.node.restore.ErasuresAfterRestore;
import io.bulwark.persistence.journal.JournalSweeper;
import io.bulwark.persistence.ledger.PostgresLedger;
import java.io.PrintWriter;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process: its database and its ledger, and on them a {@link ServingMember} that is started again when the others
 * took it down. Started step by step with a log line each, and stopped in the opposite order: not ready, no new calls,
 * those in flight settle, shards are handed over, the ledger is drained, the database last.
 */
public final class Node {
    private static final Logger LOG = LoggerFactory.getLogger(Node.class);
    /** Between two tries to become a member again; the first comes at once. */
    private static final Duration JOIN_AGAIN_AFTER = Duration.ofSeconds(2);

    private final Settings settings;
    private final NodeConfig config;
    private final InstantSource clock = InstantSource.system();
    /** Seeded from the system's entropy; for trace ids and the numbers of permits and claims, not for secrets. */
    private final RandomGenerator random = new Random(new SecureRandom().nextLong());

    private final Parts parts = new Parts();
    private final Lifetime lifetime = new Lifetime(parts::stopAll);

    private Node(Settings settings) {
        this.settings = settings;
        this.config = NodeConfig.of(settings);
    }

    /**
     * Starts a node and serves until the process is told to end; a failure to start ends with everything stopped again.
     *
     * @return when the node was told to leave: the exit status
     */
    public static int run(Settings settings, boolean demo, PrintWriter out) throws Exception {
        Node node = new Node(settings);
        try {
            return node.serve(demo, out);
        } catch (Exception e) {
            node.lifetime.stop();
            throw e;
        }
    }

    private int serve(boolean demo, PrintWriter out) throws Exception {
        LOG.info("starting, data in {}", config.dataDir());
        Trust trust = Trust.open(config);
        OpenDatabase database = OpenDatabase.open(config);
        parts.started("database", database::close);
        LOG.info("database: {}", database.described());
        database.prepareSchema(config.database().migrateOnStart());
        ErasuresAfterRestore.apply(settings, database.database(), database.pool(), clock);
        PostgresLedger ledger = PostgresLedger.open(database.database(), config.ledger(), random, EventLoops::current);
        parts.started("ledger", ledger::close);
        LOG.info("ledger: {} lanes", config.ledger().lanes());
        JournalSweeper journal = JournalSweeper.start(database.database(), config.journal());
        parts.started("journal sweeper", journal::close);

        ServingMember member = new ServingMember(
                new ServingMember.Ground(settings, config, trust, database, ledger, journal, clock, random, demo),
                parts,
                lifetime);
        int ground = parts.running();
        member.start().print(out);
        Lifetime.Event event = lifetime.next();
        while (event == Lifetime.Event.MEMBERSHIP_ENDED) {
            LOG.warn("the member was downed, joining again");
            joinAgain(member, ground);
            event = lifetime.next();
        }
        boolean clean = lifetime.stop();
        if (event == Lifetime.Event.TOLD_TO_LEAVE) {
            LOG.info("left");
            return clean ? 0 : 1;
        }
        return 1;
    }

    /** The database and the ledger stay: other nodes may be at work on them, and nothing is wrong with them. */
    private void joinAgain(ServingMember member, int ground) throws InterruptedException {
        for (boolean joined = false; !joined && !lifetime.ending(); ) {
            parts.stopDownTo(ground);
            joined = started(member);
        }
    }

    /** A node that served is not given up: a partition may last longer than one try. */
    private boolean started(ServingMember member) throws InterruptedException {
        try {
            member.start();
            LOG.info("a member again");
            return true;
        } catch (InterruptedException e) {
            throw e;
        } catch (JoinRefused e) {
            LOG.warn("not a member yet, trying again in {}: {}", JOIN_AGAIN_AFTER, e.getMessage());
        } catch (Exception e) {
            LOG.warn("not a member yet, trying again in {}", JOIN_AGAIN_AFTER, e);
        }
        var _ = new CountDownLatch(1).await(JOIN_AGAIN_AFTER.toMillis(), TimeUnit.MILLISECONDS);
        return false;
    }
}
