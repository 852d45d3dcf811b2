package io.bulwark.http.gateway;

import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInOutHandler;
import akka.stream.stage.GraphStage;
import akka.stream.stage.GraphStageLogic;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Passes one body on, and says how it ended and on whose account. A body of known length that ends early counts as
 * broken off even when the transport calls it complete.
 */
final class WatchedBody extends GraphStage<FlowShape<ByteString, ByteString>> {
    private static final String IDLE = "idle";

    private final Inlet<ByteString> in = Inlet.create("WatchedBody.in");
    private final Outlet<ByteString> out = Outlet.create("WatchedBody.out");
    private final CompletableFuture<BodyEnd> end = new CompletableFuture<>();
    private final OptionalLong length;
    private final long bytesMax;
    private final Duration idleMax;
    private volatile boolean taken;

    WatchedBody(OptionalLong length, long bytesMax, Duration idleMax) {
        this.length = length;
        this.bytesMax = bytesMax;
        this.idleMax = idleMax;
    }

    /** Completes when the body has ended; never fails. */
    CompletionStage<BodyEnd> end() {
        return end;
    }

    /** Ends a body that nobody has begun to read: whoever wanted it is gone. */
    void giveUpUnlessTaken() {
        if (!taken) {
            end.complete(BodyEnd.UNWANTED);
        }
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return FlowShape.of(in, out);
    }

    @Override
    public GraphStageLogic createLogic(Attributes attributes) {
        taken = true;
        return new Logic();
    }

    private final class Logic extends TimerGraphStageLogic {
        private long bytes;
        private boolean moved;

        Logic() {
            super(shape());
            setHandlers(in, out, new AbstractInOutHandler() {
                @Override
                public void onPush() {
                    pass(grab(in));
                }

                @Override
                public void onPull() {
                    moved = true;
                    pull(in);
                }

                @Override
                public void onUpstreamFinish() {
                    finish();
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    end.complete(BodyEnd.BROKE_OFF);
                    failStage(failure);
                }

                @Override
                public void onDownstreamFinish(Throwable cause) {
                    end.complete(BodyEnd.UNWANTED);
                    cancelStage(cause);
                }
            });
        }

        @Override
        public void preStart() {
            scheduleWithFixedDelay(IDLE, idleMax, idleMax);
        }

        /** Between one and two idle times without a move, whoever's turn it was, end the body. */
        @Override
        public void onTimer(Object key) {
            if (!moved) {
                BodyEnd verdict = hasBeenPulled(in) ? BodyEnd.STALLED : BodyEnd.UNWANTED;
                end(verdict, "nothing moved for " + idleMax);
            }
            moved = false;
        }

        @Override
        public void postStop() {
            end.complete(BodyEnd.BROKE_OFF);
        }

        private void pass(ByteString part) {
            moved = true;
            bytes += part.size();
            if (bytes > bytesMax) {
                end(BodyEnd.TOO_LARGE, "more than " + bytesMax + " bytes");
            } else {
                push(out, part);
            }
        }

        private void finish() {
            if (length.isPresent() && length.getAsLong() != bytes) {
                end(BodyEnd.BROKE_OFF, bytes + " of " + length.getAsLong() + " bytes");
            } else {
                end.complete(BodyEnd.COMPLETE);
                completeStage();
            }
        }

        private void end(BodyEnd verdict, String why) {
            end.complete(verdict);
            failStage(new BodyFailure(verdict, why));
        }
    }

    /** Fails the stream of a body that ended before it was whole. */
    static final class BodyFailure extends RuntimeException {
        private final BodyEnd end;

        BodyFailure(BodyEnd end, String why) {
            super("The body ended before it was whole: " + why, null, false, false);
            this.end = end;
        }

        BodyEnd end() {
            return end;
        }
    }
}
