package io.bulwark.node.scaling.keda;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The streams that callers hold open, of all kinds together at most so many; each is told the same message again and again. */
final class OpenStreams {
    private final int openMax;
    private final Set<Told<?>> open = new HashSet<>();
    private boolean ended;

    OpenStreams(int openMax) {
        this.openMax = openMax;
    }

    /** Sends the message at once and keeps the stream, or refuses it where there are enough. */
    <T> void open(StreamObserver<T> observer, T message) {
        // Every observer of a server's call is one; the generated signature does not say so.
        Told<T> stream = new Told<>((ServerCallStreamObserver<T>) observer, message);
        stream.observer.setOnCancelHandler(() -> forget(stream));
        switch (keep(stream)) {
            case KEPT -> stream.first();
            case ENDED -> stream.complete();
            case FULL ->
                observer.onError(Status.RESOURCE_EXHAUSTED
                        .withDescription("This node holds " + openMax
                                + " streams open and takes no more: end one, or ask" + " another node")
                        .asRuntimeException());
        }
    }

    private enum Answer {
        KEPT,
        FULL,
        ENDED
    }

    private synchronized Answer keep(Told<?> stream) {
        if (ended) {
            return Answer.ENDED;
        }
        if (open.size() >= openMax) {
            return Answer.FULL;
        }
        open.add(stream);
        return Answer.KEPT;
    }

    private synchronized void forget(Told<?> stream) {
        open.remove(stream);
    }

    /** How many are open. */
    synchronized int size() {
        return open.size();
    }

    /** Sends to each its message again, other than to those that have not read the ones before. */
    void tell() {
        all().forEach(Told::again);
    }

    /** Completes all, and those at once that are opened later. */
    void end() {
        List<Told<?>> last;
        synchronized (this) {
            ended = true;
            last = List.copyOf(open);
            open.clear();
        }
        last.forEach(Told::complete);
    }

    private synchronized List<Told<?>> all() {
        return List.copyOf(open);
    }

    /** One stream; gRPC's observers are for one thread at a time. */
    private static final class Told<T> {
        private final ServerCallStreamObserver<T> observer;
        private final T message;
        private boolean completed;

        Told(ServerCallStreamObserver<T> observer, T message) {
            this.observer = observer;
            this.message = message;
        }

        synchronized void first() {
            if (!completed) {
                observer.onNext(message);
            }
        }

        synchronized void again() {
            if (!completed && observer.isReady()) {
                observer.onNext(message);
            }
        }

        synchronized void complete() {
            if (!completed) {
                completed = true;
                observer.onCompleted();
            }
        }
    }
}
