package io.bulwark.node.guard;

import akka.actor.Cancellable;
import akka.actor.typed.ActorSystem;
import java.time.Duration;

/** The one way in which the stand-ins wait, so that a test can let the time pass. */
interface Later {
    /** Runs something once, after that time; what is returned takes it back, if it is not too late. */
    Runnable after(Duration delay, Runnable then);

    /** By the timer of an actor system; once that has ended nobody waits any more, and nothing is run. */
    static Later of(ActorSystem<?> system) {
        return (delay, then) -> {
            try {
                Cancellable timer = system.scheduler().scheduleOnce(delay, then, system.executionContext());
                return timer::cancel;
            } catch (IllegalStateException ended) {
                return () -> {};
            }
        };
    }
}
