package io.bulwark.http.gateway;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether anything of the current request has left this process over one connection.
 *
 * <pre>
 *   CLEAN --the request is written--> USED --the call is answered--> CLEAN
 *   CLEAN --seal--> SEALED: nothing is written any more
 * </pre>
 *
 * So a request of a sealed wire was certainly not sent, whatever the failure is called; and of a used one it is not
 * known.
 */
final class Wire {
    private enum State {
        CLEAN,
        USED,
        SEALED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.CLEAN);

    /** Asks to write a request; when this says no, it must not be written. */
    boolean use() {
        return state.compareAndSet(State.CLEAN, State.USED);
    }

    /** Whether nothing of the request was sent; if so, nothing will be. */
    boolean seal() {
        return state.compareAndSet(State.CLEAN, State.SEALED) || state.get() == State.SEALED;
    }

    /** Whether the wire is in a call. */
    boolean isUsed() {
        return state.get() == State.USED;
    }

    /** The call was answered whole; the next may use the wire. */
    void clean() {
        state.compareAndSet(State.USED, State.CLEAN);
    }
}
