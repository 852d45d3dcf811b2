package io.bulwark.http.server;

import akka.NotUsed;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.GraphStageLogic.SubSinkInlet;
import akka.stream.stage.GraphStageLogic.SubSourceOutlet;
import akka.util.ByteString;

/** The framing of one connection and what is above it, in the actor of the stage that passes the bytes on. */
final class PassedOn {
    /** What the stage is told. */
    interface Stage {
        /** More bytes are wanted. */
        void wanted();

        /** Bytes of an answer, after {@link #pullAnswer}. */
        void answered(ByteString bytes);

        /** There will be no more answers. */
        void answeredAll();

        /** Nobody takes or sends bytes any more. */
        void gone();
    }

    private final SubSourceOutlet<ByteString> bytes;
    private final SubSinkInlet<ByteString> answers;

    PassedOn(SubSourceOutlet<ByteString> bytes, SubSinkInlet<ByteString> answers, Stage stage) {
        this.bytes = bytes;
        this.answers = answers;
        bytes.setHandler(new AbstractOutHandler() {
            @Override
            public void onPull() {
                stage.wanted();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                stage.gone();
            }
        });
        answers.setHandler(new AbstractInHandler() {
            @Override
            public void onPush() {
                stage.answered(answers.grab());
            }

            @Override
            public void onUpstreamFinish() {
                stage.answeredAll();
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                stage.gone();
            }
        });
    }

    void run(Flow<ByteString, ByteString, NotUsed> framing, Materializer inTheSameActor) {
        Source.fromGraph(bytes.source()).via(framing).to(answers.sink()).run(inTheSameActor);
    }

    /** Whether bytes may be pushed. */
    boolean wantsBytes() {
        return bytes.isAvailable() && !bytes.isClosed();
    }

    void push(ByteString more) {
        bytes.push(more);
    }

    /** The client sends no more. */
    void end() {
        if (!bytes.isClosed()) {
            bytes.complete();
        }
    }

    void pullAnswer() {
        if (!answers.isClosed() && !answers.hasBeenPulled()) {
            answers.pull();
        }
    }

    /** The connection is over. */
    void stop() {
        end();
        if (!answers.isClosed()) {
            answers.cancel();
        }
    }
}
