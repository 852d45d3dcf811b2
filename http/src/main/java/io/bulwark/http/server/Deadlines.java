package io.bulwark.http.server;

import io.bulwark.http.framing.Refusal;
import io.bulwark.http.framing.RequestFramer;
import java.time.Duration;

/** Counts the ticks of one connection against its deadlines; a tick is a part of the shortest of them. */
final class Deadlines {
    /** What a tick has come to. */
    enum Over {
        NONE,
        /** A request has begun, and its head is not complete in time. */
        HEAD,
        /** A head is complete, and its body did not come in time. */
        BODY,
        /** Nothing moves, and nothing is being worked on. */
        IDLE,
        /** The last answer is sent and the client has had time to read it, or it does not read at all. */
        GONE
    }

    private final ListenerSettings settings;
    private final Duration tick;
    private int head;
    private int body;
    private int idle;
    private int linger;
    private int unread;
    private long heads;

    Deadlines(ListenerSettings settings) {
        this.settings = settings;
        this.tick = settings.shortestDeadline().dividedBy(RequestFraming.TICKS_PER_DEADLINE);
    }

    /** Bytes went one way or the other. */
    void moved() {
        idle = 0;
        unread = 0;
    }

    /**
     * @param waiting whether it is the client's turn to send, and not Akka's to take
     * @param sending whether an answer waits for a client that does not read; until it does, no other deadline counts
     */
    Over tick(RequestFramer framer, boolean waiting, boolean working, boolean lingering, boolean sending) {
        if (lingering) {
            return ++linger > RequestFraming.LINGER_TICKS ? Over.GONE : Over.NONE;
        }
        if (sending) {
            return isOver(++unread, settings.idleTimeout().multipliedBy(2)) ? Over.GONE : Over.NONE;
        }
        if (framer.heads() != heads) {
            heads = framer.heads();
            head = 0;
            body = 0;
        }
        if (framer.isBetweenRequests()) {
            return idle(working);
        }
        return framer.isInBody() ? body(waiting) : head();
    }

    /** What to answer when the deadline of a head or a body is over. */
    Refusal refusal(boolean inBody) {
        Duration deadline = inBody ? settings.bodyDeadline() : settings.headDeadline();
        return new Refusal(
                408,
                "request-too-slow",
                "The " + (inBody ? "body" : "head") + " of the request did not arrive within " + deadline
                        + ": send it again, faster.");
    }

    private Over idle(boolean working) {
        head = 0;
        idle = working ? 0 : idle + 1;
        if (isOver(idle, settings.idleTimeout().multipliedBy(2))) {
            return Over.GONE;
        }
        return isOver(idle, settings.idleTimeout()) ? Over.IDLE : Over.NONE;
    }

    private Over head() {
        return isOver(++head, settings.headDeadline()) ? Over.HEAD : Over.NONE;
    }

    private Over body(boolean waiting) {
        body += waiting ? 1 : 0;
        return isOver(body, settings.bodyDeadline()) ? Over.BODY : Over.NONE;
    }

    private boolean isOver(int ticks, Duration deadline) {
        return tick.multipliedBy(ticks).compareTo(deadline) > 0;
    }
}
