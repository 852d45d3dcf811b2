package io.bulwark.node.scaling.keda;

import io.bulwark.node.scaling.keda.wire.ScaledObjectRef;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What came over one stream, and how it ended. */
final class Heard<T> implements ClientResponseObserver<ScaledObjectRef, T> {
    private final BlockingQueue<T> messages = new LinkedBlockingQueue<>();
    private final CompletableFuture<Status> end = new CompletableFuture<>();
    private final CompletableFuture<ClientCallStreamObserver<?>> call = new CompletableFuture<>();

    @Override
    public void beforeStart(ClientCallStreamObserver<ScaledObjectRef> started) {
        call.complete(started);
    }

    @Override
    public void onNext(T message) {
        messages.add(message);
    }

    @Override
    public void onError(Throwable trouble) {
        end.complete(Status.fromThrowable(trouble));
    }

    @Override
    public void onCompleted() {
        end.complete(Status.OK);
    }

    /** The next messages, each of which may take 10 s. */
    List<T> next(int count) throws InterruptedException {
        List<T> got = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            T message = messages.poll(10, TimeUnit.SECONDS);
            if (message != null) {
                got.add(message);
            }
        }
        return got;
    }

    /** How it ended, within 10 s. */
    Status end() {
        return end.orTimeout(10, TimeUnit.SECONDS).join();
    }

    void cancel() {
        call.join().cancel("heard enough", new IllegalStateException("heard enough"));
    }
}
