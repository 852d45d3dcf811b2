package io.bulwark.node.guard;

import io.bulwark.tenant.TenantDirectory.LastKnown;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One tenant whose guard fell silent, and the desk that answers meanwhile.
 *
 * <pre>
 * silent -- the guard answers, or nobody asks for a while --> over -- kept for a while, and nothing is out --> forgotten
 *    ^------------------- falls silent again ------------------|
 * </pre>
 */
final class Absence {
    private boolean silent = true;
    private Instant lastAsked;
    private Instant over;
    private @Nullable Desk desk;
    private @Nullable CompletableFuture<Optional<Desk>> lookup;

    Absence(Instant now) {
        this.lastAsked = now;
        this.over = now;
    }

    /** The guard is silent; whether it was not before. */
    synchronized boolean begin(Instant now) {
        boolean began = !silent;
        silent = true;
        lastAsked = now;
        return began;
    }

    /** The guard answers again; whether it did not before. */
    synchronized boolean end(Instant now) {
        boolean ended = silent;
        silent = false;
        over = ended ? now : over;
        return ended;
    }

    synchronized boolean isSilent() {
        return silent;
    }

    /** Whether the guard, which was silent, has answered since then. */
    synchronized boolean overSince(Instant then) {
        return !silent && over.isAfter(then);
    }

    /** Somebody asks. */
    synchronized void asked(Instant now) {
        lastAsked = now;
    }

    /** Whether nobody has asked since. */
    synchronized boolean nobodyAskedSince(Instant then) {
        return lastAsked.isBefore(then);
    }

    /** Whether nothing is lost by forgetting it: the guard is back since before then, and no permit is out. */
    synchronized boolean mayBeForgotten(Instant then) {
        return !silent && over.isBefore(then) && (desk == null || desk.idle());
    }

    /** The desk, if it was ever needed. */
    synchronized Optional<Desk> desk() {
        return Optional.ofNullable(desk);
    }

    /** The desk, set up at the first time that its policy is found; one search at a time, and another after a vain one. */
    synchronized CompletableFuture<Optional<Desk>> desk(
            Supplier<CompletableFuture<Optional<LastKnown>>> search, Function<LastKnown, Desk> open) {
        if (desk != null) {
            return CompletableFuture.completedFuture(Optional.of(desk));
        }
        if (lookup == null) {
            CompletableFuture<Optional<Desk>> searching = search.get().thenApply(known -> opened(known, open));
            lookup = searching.isDone() ? null : searching;
            return searching;
        }
        return lookup;
    }

    private synchronized Optional<Desk> opened(Optional<LastKnown> known, Function<LastKnown, Desk> open) {
        lookup = null;
        if (desk == null && known.isPresent()) {
            desk = open.apply(known.get());
        }
        return Optional.ofNullable(desk);
    }
}
