package io.bulwark.http.server;

import akka.stream.Attributes;
import akka.stream.BidiShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import io.bulwark.http.framing.Refusal;
import io.bulwark.http.framing.RequestFramer;
import io.bulwark.http.framing.Verdict;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a connection's bytes and Akka's parser: holds a head back until it is known to be well framed, ends a
 * connection that is not, and closes those that are slow or idle.
 *
 * <p>A head that is refused is answered here, after the answers to the requests before it. A body that is refused has a
 * call that waits for it: to that call the body ends too early, and it finds the reason in {@link Connection#broken}.
 * After the last answer the client's bytes are still read for a moment and dropped, because closing on unread bytes
 * resets the connection, and the reset can overtake the answer (RFC 9112, 9.6).
 */
final class RequestFraming extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    /** How often the clock of a connection ticks; deadlines are kept to within one tick. */
    static final int TICKS_PER_DEADLINE = 5;

    private static final Refusal ENDED_IN_HEAD = new Refusal(
            400, "malformed-request", "The connection ended in the middle of a request's head: expected all of it.");

    static final Refusal ENDED_IN_BODY =
            new Refusal(400, "body-incomplete", "The connection ended before the body did: send the request again.");
    /** How much of what a client sends after its last answer is dropped before it is cut off. */
    static final int LINGER_BYTES_MAX = 4 << 20;

    /** How long at most it is dropped. */
    static final int LINGER_TICKS = 2 * TICKS_PER_DEADLINE;

    private final Inlet<ByteString> answers = Inlet.create("answers");
    private final Outlet<ByteString> toClient = Outlet.create("toClient");
    private final Inlet<ByteString> fromClient = Inlet.create("fromClient");
    private final Outlet<ByteString> requests = Outlet.create("requests");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(answers, toClient, fromClient, requests);

    private final ListenerSettings settings;
    private final Connection connection;
    private final Function<Refusal, ByteString> answer;

    /** @param answer the bytes of an answer to a head that was refused */
    RequestFraming(ListenerSettings settings, Connection connection, Function<Refusal, ByteString> answer) {
        this.settings = settings;
        this.connection = connection;
        this.answer = answer;
    }

    @Override
    public BidiShape<ByteString, ByteString, ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private final RequestFramer framer = new RequestFramer(settings.bounds());
        private final Deadlines deadlines = new Deadlines(settings);
        private ByteString held = ByteString.emptyByteString();
        private @Nullable Refusal refusal;
        private boolean lastRequest;
        private long headsBeforeAnswer;
        private boolean lingering;
        private long lingered;

        Logic() {
            super(shape);
            setHandler(fromClient, new FromClient());
            setHandler(requests, new Requests());
            setHandler(answers, new Answers());
            setHandler(toClient, new ToClient());
        }

        @Override
        public void preStart() {
            AsyncCallback<Connection.End> end = createAsyncCallback(this::end);
            connection.onEnd(end::invoke);
            Duration tick = settings.shortestDeadline().dividedBy(TICKS_PER_DEADLINE);
            scheduleAtFixedRate("tick", tick, tick);
        }

        @Override
        public void onTimer(Object key) {
            switch (deadlines.tick(
                    framer, isWaitingForClient(), connection.hasCalls(), lingering, !isAvailable(toClient))) {
                case NONE -> {}
                case HEAD, BODY -> refuse(deadlines.refusal(framer.isInBody()), framer.isInBody());
                case IDLE -> noMoreRequests();
                case GONE -> completeStage();
            }
        }

        private boolean isWaitingForClient() {
            return !isClosed(fromClient) && hasBeenPulled(fromClient);
        }

        private void end(Connection.End how) {
            switch (how) {
                case AT_ONCE -> completeStage();
                case WHEN_ANSWERED -> {
                    lastRequest = true;
                    endIfBetweenRequests();
                }
            }
        }

        private void endIfBetweenRequests() {
            if (lastRequest && framer.heads() > 0 && framer.isBetweenRequests()) {
                noMoreRequests();
            }
        }

        /** What Akka has received is answered; then it closes, and so do we. */
        private void noMoreRequests() {
            if (!isClosed(requests)) {
                complete(requests);
            }
        }

        private void received(ByteString bytes) {
            deadlines.moved();
            switch (framer.read(bytes.asByteBuffer())) {
                case Verdict.Passed(int safe) -> passOn(bytes, safe);
                case Verdict.Refused(int safe, Refusal why, boolean inBody) -> {
                    passOn(bytes, safe);
                    refuse(why, inBody);
                }
            }
            endIfBetweenRequests();
        }

        private void passOn(ByteString bytes, int safe) {
            if (safe == 0) {
                held = held.concat(bytes);
            } else {
                push(requests, joined(bytes.take(safe)));
                held = bytes.drop(safe);
            }
        }

        /** What came in pieces is copied together, once: the parser looks for each byte from the first piece on. */
        private ByteString joined(ByteString bytes) {
            return held.isEmpty() ? bytes : held.concat(bytes).compact();
        }

        private void refuse(Refusal why, boolean inBody) {
            if (inBody) {
                connection.broken(why);
            } else {
                refusal = why;
            }
            noMoreRequests();
            drop();
        }

        /** Reads on without looking: the connection has no further requests. */
        private void drop() {
            if (!isClosed(fromClient) && !hasBeenPulled(fromClient)) {
                pull(fromClient);
            }
        }

        private void lastAnswerSent() {
            complete(toClient);
            if (!isClosed(requests)) {
                complete(requests);
            }
            lingering = true;
            drop();
        }

        private final class FromClient extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromClient);
                if (isClosed(requests)) {
                    linger(bytes.size());
                } else {
                    received(bytes);
                    pullIfHeldBack();
                }
            }

            private void linger(int size) {
                lingered += size;
                if (lingered > LINGER_BYTES_MAX) {
                    cancel(fromClient);
                } else {
                    pull(fromClient);
                }
            }

            private void pullIfHeldBack() {
                if (!isClosed(requests) && isAvailable(requests) && !hasBeenPulled(fromClient)) {
                    pull(fromClient);
                }
            }

            @Override
            public void onUpstreamFinish() {
                if (!framer.isBetweenRequests() && !framer.isInBody() && !isClosed(requests)) {
                    refusal = ENDED_IN_HEAD;
                }
                clientEnded();
            }

            /** A reset is for the calls no more than the end of what the client sends. */
            @Override
            public void onUpstreamFailure(Throwable failure) {
                clientEnded();
            }

            private void clientEnded() {
                if (framer.isInBody() && !isClosed(requests)) {
                    connection.broken(ENDED_IN_BODY);
                }
                noMoreRequests();
            }
        }

        private final class Requests extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (!isClosed(fromClient) && !hasBeenPulled(fromClient)) {
                    pull(fromClient);
                }
            }

            /** Akka closes after the answer that it is sending. */
            @Override
            public void onDownstreamFinish(Throwable cause) {
                drop();
            }
        }

        private final class Answers extends AbstractInHandler {
            @Override
            public void onPush() {
                deadlines.moved();
                headsBeforeAnswer = framer.heads();
                push(toClient, grab(answers));
            }

            @Override
            public void onUpstreamFinish() {
                if (refusal == null) {
                    lastAnswerSent();
                } else {
                    emit(toClient, answer.apply(refusal), Logic.this::lastAnswerSent);
                }
            }

            /**
             * Akka gives up a call whose body breaks off before its answer, whichever of the two it hears of first: it
             * gets the answer that the call would have given.
             */
            @Override
            public void onUpstreamFailure(Throwable failure) {
                if (connection.broken().isPresent() && framer.heads() > headsBeforeAnswer) {
                    refusal = connection.broken().get();
                    onUpstreamFinish();
                } else {
                    completeStage();
                }
            }
        }

        private final class ToClient extends AbstractOutHandler {
            @Override
            public void onPull() {
                deadlines.moved();
                if (!isClosed(answers)) {
                    pull(answers);
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                completeStage();
            }
        }
    }
}
