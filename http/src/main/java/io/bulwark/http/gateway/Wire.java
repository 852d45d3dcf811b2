package io.bulwark.http.gateway;

import akka.actor.ActorSystem;
import akka.http.javadsl.ClientTransport;
import akka.http.javadsl.OutgoingConnection;
import akka.http.javadsl.settings.ClientConnectionSettings;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.util.ByteString;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The TCP connection under one HTTP connection, which knows whether anything of the current request has left this
 * process.
 *
 * <pre>
 *   CLEAN --a byte leaves--> USED --the call is answered--> CLEAN
 *   CLEAN --seal--> SEALED: no byte leaves any more
 * </pre>
 *
 * So a request of a sealed wire was certainly not sent, whatever the stream's failure is called; and of a used one it
 * is not known. Under TLS the bytes of the
 * handshake count too, which errs towards "sent"; a handshake that failed is told apart by {@link Connection}.
 */
final class Wire extends ClientTransport {
    private enum State {
        CLEAN,
        USED,
        SEALED
    }

    private final AtomicReference<State> state = new AtomicReference<>(State.CLEAN);

    @Override
    public Flow<ByteString, ByteString, CompletionStage<OutgoingConnection>> connectTo(
            String host, int port, ClientConnectionSettings settings, ActorSystem system) {
        return Flow.of(ByteString.class)
                .map(this::leave)
                .viaMat(ClientTransport.TCP().connectTo(host, port, settings, system), Keep.right());
    }

    /** Whether nothing of the request was sent; if so, nothing will be. */
    boolean seal() {
        return state.compareAndSet(State.CLEAN, State.SEALED) || state.get() == State.SEALED;
    }

    /** The call was answered whole; the next may use the wire. */
    void clean() {
        state.compareAndSet(State.USED, State.CLEAN);
    }

    private ByteString leave(ByteString bytes) {
        state.compareAndSet(State.CLEAN, State.USED);
        if (state.get() == State.SEALED) {
            throw new IllegalStateException("The call was given up before anything of it was sent");
        }
        return bytes;
    }
}
