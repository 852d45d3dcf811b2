package io.bulwark.node.restore;

import io.bulwark.node.restore.GuardQuarantine.GuardAway;
import io.bulwark.node.restore.GuardQuarantine.Quarantined;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.tenantrestore.Erasures;
import io.bulwark.persistence.tenantrestore.RestoreRuns;
import io.bulwark.persistence.tenantrestore.TenantRestore;
import io.bulwark.persistence.tenantrestore.TenantRestoreException;
import io.bulwark.persistence.tenantrestore.TenantRestoreException.Kind;
import io.bulwark.restore.Exchanged;
import io.bulwark.restore.RestoreRun;
import io.bulwark.restore.RestoreRun.Phase;
import io.bulwark.restore.RestoreRun.State;
import io.bulwark.tenant.TenantStatus;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One restore of a tenant, from its quarantine to its release, in its own thread.
 *
 * <p>What fails before the rows were exchanged gives the tenant's policy back as it was. A node that dies leaves the
 * tenant as it was, and quarantined; the same restore started again goes through. Once the rows are exchanged the policy
 * of the instant is in force, whatever status it says.
 */
final class RestoreJob implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(RestoreJob.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    /** Of the rows of each table that are added, removed or changed. */
    private static final int KEYS_SHOWN = 20;

    private static final int TURNS_MAX = 3;

    private final Means means;
    private RestoreRun run;

    /**
     * What it works with; the first two are closed by it.
     *
     * @param restore holds the tenant's lock
     * @param settleWithin how long those are waited for who were let in before the quarantine
     */
    record Means(
            TenantRestore restore,
            Pasts.Opened past,
            GuardQuarantine guard,
            RestoreRuns runs,
            InstantSource clock,
            Duration settleWithin) {}

    /** @param run as it was written down */
    RestoreJob(Means means, RestoreRun run) {
        this.means = means;
        this.run = run;
    }

    @Override
    public void run() {
        try {
            if (run.order().dryRun()) {
                preview();
            } else {
                restore();
            }
        } catch (InterruptedException | InterruptedIOException e) {
            failed("The node was stopped meanwhile, and the tenant is as before: start the restore again");
        } catch (TenantRestoreException e) {
            ended(e.kind() == Kind.IN_DOUBT ? State.BROKEN_OFF : State.FAILED, String.valueOf(e.getMessage()));
        } catch (IOException | GuardAway e) {
            failed(String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.warn("the restore {} has failed", run.id(), e);
            failed("Something failed inside; the log of " + run.node() + " has the reason under " + run.id());
        } finally {
            means.past().close();
            means.restore().close();
        }
    }

    private void preview() throws IOException {
        phase(Phase.RESTORING);
        try (Pasts.Copy copy = means.past().copy(run.order().at(), this::progress)) {
            compare(copy);
        }
        write(run.done(means.clock().instant(), Optional.empty()));
    }

    private void restore() throws IOException, GuardAway, InterruptedException {
        phase(Phase.QUARANTINING);
        Quarantined quarantined = means.guard().begin();
        boolean giveBack = true;
        try {
            settle();
            phase(Phase.RESTORING);
            try (Pasts.Copy copy = means.past().copy(run.order().at(), this::progress)) {
                compare(copy);
                phase(Phase.COPYING);
                giveBack = false;
                write(run.withExchanged(exchanged(copy)));
            }
        } catch (TenantRestoreException e) {
            giveBack = e.kind() != Kind.IN_DOUBT;
            throw e;
        } finally {
            if (giveBack) {
                giveBack(quarantined);
            }
        }
        release(quarantined);
    }

    private void release(Quarantined quarantined) throws InterruptedException {
        phase(Phase.RELEASING);
        try {
            means.guard().release(quarantined);
            Optional<TenantStatus> status = means.guard().status();
            write(run.done(means.clock().instant(), status));
            LOG.info(
                    "{} is as at {} again, {}",
                    run.order().tenant(),
                    run.order().at(),
                    status);
        } catch (GuardAway away) {
            failed("The rows are those of the instant, and the guard does not go by them yet: " + away.getMessage());
        }
    }

    /** Who was let in before the quarantine may still be at work. */
    private void settle() throws TenantRestoreException, InterruptedException {
        phase(Phase.SETTLING);
        long deadline = System.nanoTime() + means.settleWithin().toNanos();
        long left = means.restore().inFlight().count();
        while (left > 0 && System.nanoTime() < deadline) {
            progress(left + " operations are still being executed");
            var _ = new CountDownLatch(1).await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            left = means.restore().inFlight().count();
        }
        write(run.withUnsettled(left));
    }

    private void compare(Pasts.Copy copy) throws IOException {
        phase(Phase.ERASING);
        List<Erasure> its = Erasures.of(run.order().tenant(), means.past().erasures());
        long erased = Erasures.apply(copy.database(), means.past().tables(), its).stream()
                .mapToLong(Erasures.Applied::rows)
                .sum();
        phase(Phase.COMPARING);
        write(run.withDifference(erased, means.restore().preview(copy.database(), KEYS_SHOWN)));
    }

    private Exchanged exchanged(Pasts.Copy copy) throws TenantRestoreException {
        for (int turn = 1; ; turn++) {
            try {
                return means.restore().exchange(copy.database(), this::progress);
            } catch (TenantRestoreException e) {
                if (e.kind() != Kind.CHANGED_MEANWHILE || turn == TURNS_MAX) {
                    throw e;
                }
                LOG.info("{}: once more, because {}", run.id(), e.getMessage());
            }
        }
    }

    /** The node may be on its way out: the interruption is kept for later. */
    private void giveBack(Quarantined quarantined) {
        boolean interrupted = Thread.interrupted();
        try {
            means.guard().giveBack(quarantined);
        } catch (GuardAway | InterruptedException e) {
            LOG.warn("{} stays quarantined: {}", run.order().tenant(), e.toString());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void phase(Phase phase) {
        write(run.at(phase, ""));
    }

    private void progress(String doing) {
        if (!doing.equals(run.progress())) {
            write(run.at(run.phase(), doing));
        }
    }

    private void failed(String sentence) {
        ended(State.FAILED, sentence);
    }

    private void ended(State state, String sentence) {
        LOG.warn(
                "{} was not restored to {}: {}",
                run.order().tenant(),
                run.order().at(),
                sentence);
        write(run.ended(state, Optional.of(means.clock().instant()), sentence));
    }

    /** A step that cannot be written down is done all the same: one that nobody can read is read as broken off. */
    private void write(RestoreRun next) {
        run = next;
        try {
            means.runs().put(next);
        } catch (SQLException e) {
            LOG.warn("how far {} is cannot be written down: {}", next.id(), e.getMessage());
        }
    }
}
