package io.bulwark.http.server;

import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
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
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Answers the requests of a connection that arrive whole and ask for nothing special, below the framing and without
 * Akka's server layer, which costs more than most decisions do.
 *
 * <pre>
 *   whole requests --anything else, the end, the last answer--> passing on (for good)
 * </pre>
 *
 * <p>Passing on, it is not there: the first bytes that it has not answered, and all after them, go to the framing. An
 * answer that Akka has to write, because its body is streamed, goes up with its request: Akka reads the request, and is
 * given the answer that there is ({@link Connection#prepared}). A request that arrives in pieces is waited for at most
 * for a tick, so that the framing keeps the deadlines.
 */
final class WholeRequests extends GraphStage<BidiShape<ByteString, ByteString, ByteString, ByteString>> {
    private final Inlet<ByteString> answers = Inlet.create("answers");
    private final Outlet<ByteString> toClient = Outlet.create("toClient");
    private final Inlet<ByteString> fromClient = Inlet.create("fromClient");
    private final Outlet<ByteString> toFraming = Outlet.create("toFraming");
    private final BidiShape<ByteString, ByteString, ByteString, ByteString> shape =
            BidiShape.of(answers, toClient, fromClient, toFraming);

    private final ListenerSettings settings;
    private final Connection connection;
    private final Function<HttpRequest, CompletionStage<HttpResponse>> handler;
    private final AnswerWriter writer;

    /** @param handler never fails */
    WholeRequests(
            ListenerSettings settings,
            Connection connection,
            Function<HttpRequest, CompletionStage<HttpResponse>> handler,
            AnswerWriter writer) {
        this.settings = settings;
        this.connection = connection;
        this.handler = handler;
        this.writer = writer;
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
        private final WholeRequestReader reader = new WholeRequestReader(settings.bounds());
        private final AsyncCallback<HttpResponse> answered = createAsyncCallback(this::answered);
        private final AsyncCallback<Throwable> failed = createAsyncCallback(this::failStage);
        private ByteString held = ByteString.emptyByteString();
        private ByteString inHand = ByteString.emptyByteString();
        private boolean busy;
        private boolean passing;
        private boolean clientEnded;
        private boolean answersEnded;

        Logic() {
            super(shape);
            setHandler(fromClient, new FromClient());
            setHandler(toFraming, new ToFraming());
            setHandler(answers, new Answers());
            setHandler(toClient, new ToClient());
        }

        @Override
        public void preStart() {
            Duration tick = settings.shortestDeadline().dividedBy(RequestFraming.TICKS_PER_DEADLINE);
            scheduleAtFixedRate("tick", tick, tick);
            pull(fromClient);
        }

        /** What is still incomplete is for the framing, whose clock it is. */
        @Override
        public void onTimer(Object key) {
            if (passing) {
                cancelTimer(key);
            } else if (!busy && !held.isEmpty()) {
                passOn();
            }
        }

        private void work() {
            while (!passing && !busy && !held.isEmpty()) {
                switch (reader.read(held)) {
                    case WholeRequestReader.Read.Incomplete() -> {
                        readOn();
                        return;
                    }
                    case WholeRequestReader.Read.Special() -> passOn();
                    case WholeRequestReader.Read.Whole(HttpRequest request, int bytes) -> serve(request, bytes);
                }
            }
            readOn();
        }

        /** While a request is in hand the bytes of one more are taken, so that the end of the client is noticed. */
        private void readOn() {
            boolean wanted = passing ? isAvailable(toFraming) : !busy || held.isEmpty();
            if (wanted && !isClosed(fromClient) && !hasBeenPulled(fromClient)) {
                pull(fromClient);
            }
        }

        private void serve(HttpRequest request, int bytes) {
            inHand = held.take(bytes);
            held = held.drop(bytes);
            busy = true;
            connection.wholeBegins();
            CompletionStage<HttpResponse> answer = handler.apply(request);
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
            work();
        }

        private void settle(HttpResponse response) {
            busy = false;
            connection.wholeEnds();
            Optional<ByteString> written = writer.write(response);
            if (written.isPresent()) {
                emit(toClient, written.get());
                endIfLast(response);
            } else {
                leaveToAkka(response);
            }
            inHand = ByteString.emptyByteString();
        }

        private void leaveToAkka(HttpResponse response) {
            if (answersEnded) {
                completeStage();
            } else {
                connection.prepare(response);
                held = inHand.concat(held);
                passOn();
            }
        }

        private void endIfLast(HttpResponse response) {
            if (answersEnded) {
                passOn();
                complete(toClient);
            } else if (AnswerWriter.isLast(response) || connection.isEnding()) {
                passOn();
                connection.end(Connection.End.WHEN_ANSWERED);
            } else if (clientEnded) {
                passOn();
            }
        }

        private void passOn() {
            passing = true;
            if (!held.isEmpty() && !isClosed(toFraming)) {
                emit(toFraming, held);
            }
            held = ByteString.emptyByteString();
            if (clientEnded && !isClosed(toFraming)) {
                complete(toFraming);
            }
            pullAnswers();
            readOn();
        }

        private void pullAnswers() {
            if (passing && isAvailable(toClient) && !isClosed(answers) && !hasBeenPulled(answers)) {
                pull(answers);
            }
        }

        private final class FromClient extends AbstractInHandler {
            @Override
            public void onPush() {
                ByteString bytes = grab(fromClient);
                if (passing) {
                    emit(toFraming, bytes);
                } else {
                    held = held.isEmpty() ? bytes : held.concat(bytes).compact();
                    work();
                }
            }

            @Override
            public void onUpstreamFinish() {
                clientEnded = true;
                if (!busy) {
                    passOn();
                }
            }

            /** A reset is for the calls no more than the end of what the client sends. */
            @Override
            public void onUpstreamFailure(Throwable failure) {
                onUpstreamFinish();
            }
        }

        private final class ToFraming extends AbstractOutHandler {
            @Override
            public void onPull() {
                if (passing) {
                    readOn();
                }
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                completeStage();
            }
        }

        private final class Answers extends AbstractInHandler {
            @Override
            public void onPush() {
                emit(toClient, grab(answers));
            }

            @Override
            public void onUpstreamFinish() {
                answersEnded = true;
                if (!busy) {
                    passOn();
                    complete(toClient);
                }
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                completeStage();
            }
        }

        private final class ToClient extends AbstractOutHandler {
            @Override
            public void onPull() {
                pullAnswers();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                completeStage();
            }
        }
    }
}
