package io.bulwark.http.server;

import akka.NotUsed;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.javadsl.Flow;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection: answers the requests that arrive whole and ask for nothing special by itself, without the framing and
 * without Akka's server layer, which cost more than most decisions do. The two are set up for a connection that needs
 * them, and stay.
 *
 * <pre>
 *   whole requests --anything else--> passing on
 *        |--the last answer, or idle for too long--> lingering
 * </pre>
 *
 * <p>Passing on, it is not there: the first bytes that it has not answered, and all after them, go to the framing. An
 * answer that Akka has to write, because its body is streamed, goes there with its request: Akka reads the request, and
 * is given the answer that there is ({@link Connection#prepared}). A request that arrives in pieces is waited for at
 * most for a tick, so that the framing keeps the deadlines. Lingering, the client's bytes are dropped for a moment, for
 * the reason that {@link RequestFraming} gives.
 */
final class WholeRequests extends GraphStage<FlowShape<ByteString, ByteString>> {
    private static final String TICK = "tick";
    private static final String QUIET = "quiet";
    /** How long the client of an idle connection that is ended must have been silent, so that no request is on its way. */
    private static final Duration QUIET_FOR = Duration.ofMillis(300);

    private enum Phase {
        WHOLE,
        PASSING,
        LINGERING
    }

    private final Inlet<ByteString> fromClient = Inlet.create("fromClient");
    private final Outlet<ByteString> toClient = Outlet.create("toClient");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(fromClient, toClient);

    private final ListenerSettings settings;
    private final Connection connection;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final AnswerWriter writer;
    private final Supplier<Flow<ByteString, ByteString, NotUsed>> framing;
    private final Runnable ended;

    /**
     * @param handler never fails
     * @param framing what serves all other requests of the connection
     * @param ended told when the connection is over, however it ended
     */
    WholeRequests(
            ListenerSettings settings,
            Connection connection,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            AnswerWriter writer,
            Supplier<Flow<ByteString, ByteString, NotUsed>> framing,
            Runnable ended) {
        this.settings = settings;
        this.connection = connection;
        this.handler = handler;
        this.writer = writer;
        this.framing = framing;
        this.ended = ended;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private final WholeRequestReader reader = new WholeRequestReader(settings.bounds());
        private final Duration tick = settings.shortestDeadline().dividedBy(RequestFraming.TICKS_PER_DEADLINE);
        private final AsyncCallback<HttpResponse> answered = createAsyncCallback(this::answered);
        private final AsyncCallback<Throwable> failed = createAsyncCallback(this::failStage);
        private Phase phase = Phase.WHOLE;
        private ByteString held = ByteString.emptyByteString();
        private ByteString inHand = ByteString.emptyByteString();
        /** Written, and the client has not yet taken the answer before it. */
        private ByteString unsent = ByteString.emptyByteString();

        private boolean busy;
        private boolean hadRequest;
        private boolean last;
        private boolean clientEnded;
        private int ticks;
        private long lingered;
        private @Nullable PassedOn passedOn;

        Logic() {
            super(shape);
            setHandler(fromClient, new FromClient());
            setHandler(toClient, new ToClient());
        }

        @Override
        public void preStart() {
            AsyncCallback<Connection.End> end = createAsyncCallback(this::end);
            connection.onEnd(end::invoke);
            scheduleAtFixedRate(TICK, tick, tick);
            pull(fromClient);
        }

        @Override
        public void postStop() {
            if (passedOn != null) {
                passedOn.stop();
            }
            ended.run();
        }

        @Override
        public void onTimer(Object key) {
            switch (phase) {
                case PASSING -> cancelTimer(key);
                case LINGERING -> {
                    if (++ticks > RequestFraming.LINGER_TICKS) {
                        completeStage();
                    }
                }
                case WHOLE -> {
                    if (key.equals(QUIET)) {
                        endIfIdle();
                    } else {
                        ticked();
                    }
                }
            }
        }

        /** A request that is still incomplete is for the framing, whose clock it is. */
        private void ticked() {
            if (busy) {
                ticks = 0;
                return;
            }
            ticks++;
            if (!unsent.isEmpty()) {
                if (isLongerThan(settings.idleTimeout().multipliedBy(2))) {
                    completeStage();
                }
            } else if (!held.isEmpty()) {
                passOn();
            } else if (isLongerThan(settings.idleTimeout())) {
                linger();
            }
        }

        private boolean isLongerThan(Duration duration) {
            return tick.multipliedBy(ticks).compareTo(duration) > 0;
        }

        /** A connection that has not had a request is left open for its first one. Passing on, the framing is told. */
        private void end(Connection.End how) {
            switch (how) {
                case AT_ONCE -> completeStage();
                case WHEN_ANSWERED -> {
                    if (hadRequest && !busy) {
                        scheduleOnce(QUIET, QUIET_FOR);
                    }
                }
            }
        }

        private void endIfIdle() {
            if (!busy && held.isEmpty() && unsent.isEmpty()) {
                linger();
            }
        }

        private void proceed() {
            boolean complete = true;
            while (phase == Phase.WHOLE && complete && !busy && unsent.isEmpty() && !held.isEmpty()) {
                switch (reader.read(held)) {
                    case WholeRequestReader.Read.Incomplete() -> complete = false;
                    case WholeRequestReader.Read.Special() -> passOn();
                    case WholeRequestReader.Read.Whole whole -> serve(whole);
                }
            }
            if (clientEnded && phase == Phase.WHOLE && !busy && unsent.isEmpty()) {
                if (held.isEmpty()) {
                    completeStage();
                } else {
                    passOn();
                }
            }
            readOn();
        }

        /** While a request is in hand the bytes of one more are taken, so that the end of the client is noticed. */
        private void readOn() {
            boolean wanted = switch (phase) {
                case WHOLE -> held.isEmpty() || (!busy && unsent.isEmpty());
                case PASSING -> held.isEmpty() && passedOn != null && passedOn.wantsBytes();
                case LINGERING -> true;
            };
            if (wanted && !isClosed(fromClient) && !hasBeenPulled(fromClient)) {
                pull(fromClient);
            }
        }

        private void serve(WholeRequestReader.Read.Whole whole) {
            inHand = held.take(whole.bytes());
            held = held.drop(whole.bytes());
            busy = true;
            last = whole.last();
            hadRequest = true;
            CompletionStage<HttpResponse> answer = handler.apply(whole.request());
            CompletableFuture<HttpResponse> now = answer.toCompletableFuture();
            if (now.isDone() && !now.isCompletedExceptionally()) {
                settle(now.join());
            } else {
                answer.whenComplete((response, failure) -> {
                    if (failure == null) {
                        answered.invoke(response);
                    } else {
                        failed.invoke(failure);
                    }
                });
            }
        }

        private void answered(HttpResponse response) {
            settle(response);
            proceed();
        }

        private void settle(HttpResponse response) {
            busy = false;
            ticks = 0;
            last |= AnswerWriter.isLast(response) || connection.isEnding();
            Optional<ByteString> written = writer.write(response, last);
            if (written.isPresent()) {
                send(written.get());
            } else {
                connection.prepare(response);
                held = inHand.concat(held);
                passOn();
            }
            inHand = ByteString.emptyByteString();
        }

        private void send(ByteString answer) {
            if (isAvailable(toClient)) {
                sent(answer);
            } else {
                unsent = answer;
            }
        }

        private void sent(ByteString answer) {
            push(toClient, answer);
            ticks = 0;
            if (last) {
                linger();
            }
        }

        /** No request is answered any more. */
        private void linger() {
            phase = Phase.LINGERING;
            ticks = 0;
            held = ByteString.emptyByteString();
            complete(toClient);
            readOn();
        }

        private void passOn() {
            phase = Phase.PASSING;
            passedOn = new PassedOn(new SubSourceOutlet<>("bytes"), new SubSinkInlet<>("answers"), new Passing());
            passedOn.run(framing.get(), subFusingMaterializer());
            pullAnswer();
        }

        private void pushOn() {
            if (passedOn != null) {
                if (!held.isEmpty() && passedOn.wantsBytes()) {
                    passedOn.push(held);
                    held = ByteString.emptyByteString();
                }
                if (clientEnded && held.isEmpty()) {
                    passedOn.end();
                }
                readOn();
            }
        }

        private void pullAnswer() {
            if (passedOn != null && isAvailable(toClient)) {
                passedOn.pullAnswer();
            }
        }

        private final class FromClient extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromClient);
                if (phase == Phase.LINGERING) {
                    lingered += bytes.size();
                    if (lingered > RequestFraming.LINGER_BYTES_MAX) {
                        completeStage();
                    } else {
                        readOn();
                    }
                    return;
                }
                held = held.isEmpty() ? bytes : held.concat(bytes).compact();
                if (phase == Phase.PASSING) {
                    pushOn();
                } else {
                    proceed();
                }
            }

            @Override
            public void onUpstreamFinish() {
                clientEnded = true;
                switch (phase) {
                    case WHOLE -> proceed();
                    case LINGERING -> completeStage();
                    case PASSING -> pushOn();
                }
            }

            /** A reset is for the calls no more than the end of what the client sends. */
            @Override
            public void onUpstreamFailure(Throwable failure) {
                onUpstreamFinish();
            }
        }

        private final class ToClient extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (phase == Phase.PASSING) {
                    pullAnswer();
                } else if (!unsent.isEmpty()) {
                    ByteString answer = unsent;
                    unsent = ByteString.emptyByteString();
                    sent(answer);
                    proceed();
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                completeStage();
            }
        }

        private final class Passing implements PassedOn.Stage {
            @Override
            public void wanted() {
                pushOn();
            }

            @Override
            public void answered(ByteString bytes) {
                push(toClient, bytes);
            }

            @Override
            public void answeredAll() {
                complete(toClient);
            }

            @Override
            public void gone() {
                completeStage();
            }
        }
    }
}
