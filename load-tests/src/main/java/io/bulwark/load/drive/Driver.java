package io.bulwark.load.drive;

import io.bulwark.load.drive.Connection.State;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends calls when they are due over connections that one thread serves.
 *
 * <p>A call is given to a connection that is open. A connection that breaks fails the call that it carries, which is not
 * sent again, and is opened to the next address. While nothing can be opened, calls wait, and their waiting counts.
 */
final class Driver implements Connection.Owner {
    private static final long LOOK_AFTER_EVERY = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long OPEN_AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long CONNECT_WITHIN = TimeUnit.SECONDS.toNanos(2);
    private static final long FIRST_WITHIN = TimeUnit.SECONDS.toNanos(10);
    private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
    /** A selector waits in whole milliseconds; for less, the thread naps so long between looks. */
    private static final long NAP = TimeUnit.MICROSECONDS.toNanos(100);

    private final Work work;
    private final Arrivals arrivals;
    private final int connectionsMax;
    private final Tally tally;
    private final long answerWithin;
    private final Buffers buffers = new Buffers();
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    /** Those that carried a call longest ago first, so that all addresses have their turn. */
    private final Deque<Connection> idle = new ArrayDeque<>();

    private long numbers;
    private int busy;
    private int connecting;
    private boolean everOpened;

    private Driver(Work work, Arrivals arrivals, int connectionsMax, Tally tally) {
        if (connectionsMax < 1 || work.addresses().isEmpty()) {
            throw new IllegalArgumentException(connectionsMax + " connections to " + work.addresses()
                    + ": expected 1 connection or more, and 1 address or more");
        }
        this.work = work;
        this.arrivals = arrivals;
        this.connectionsMax = connectionsMax;
        this.tally = tally;
        this.answerWithin = work.answerWithin().toNanos();
        try {
            this.selector = Selector.open();
        } catch (IOException e) {
            throw new UncheckedIOException("No selector could be opened", e);
        }
    }

    /**
     * Sends all that arrives, and returns when the last call has ended.
     *
     * @throws IllegalStateException when no connection could be opened at the beginning
     */
    static Measured run(Work work, Arrivals arrivals, int connectionsMax, Tally tally) {
        Driver driver = new Driver(work, arrivals, connectionsMax, tally);
        try {
            driver.drive();
            return tally.measured();
        } catch (IOException e) {
            throw new UncheckedIOException("The selector failed", e);
        } finally {
            driver.close();
        }
    }

    private void drive() throws IOException {
        long now = System.nanoTime();
        long start = now;
        long lookAfter = now;
        while (busy > 0 || arrivals.next(now) != Arrivals.NONE) {
            sendDue(now);
            if (now - lookAfter >= 0) {
                lookAfter(now, start);
                lookAfter = now + LOOK_AFTER_EVERY;
            }
            await(now, lookAfter);
            now = System.nanoTime();
        }
    }

    private void await(long now, long lookAfter) throws IOException {
        long next = idle.isEmpty() ? Arrivals.NONE : arrivals.next(now);
        long nanos = Math.min(next == Arrivals.NONE ? LOOK_AFTER_EVERY : next - now, lookAfter - now);
        if (nanos >= MILLI) {
            selector.select(Driver::proceed, nanos / MILLI);
        } else if (selector.selectNow(Driver::proceed) == 0 && nanos > 0) {
            LockSupport.parkNanos(Math.min(nanos, NAP));
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new IllegalStateException("Interrupted during the run");
        }
    }

    private static void proceed(SelectionKey key) {
        if (key.attachment() instanceof Connection connection) {
            connection.proceed(key);
        }
    }

    private void sendDue(long now) {
        occupyIdle(now);
        long wanted = Math.min(arrivals.due(now), connectionsMax) - connecting;
        for (long i = 0; i < wanted && connections.size() < connectionsMax; i++) {
            Connection added = new Connection(selector, buffers, this, work instanceof Dialogue, connections.size());
            connections.add(added);
            open(added, now);
        }
    }

    private void occupyIdle(long now) {
        long intended = idle.isEmpty() ? Arrivals.NONE : takeInTime(now);
        while (intended != Arrivals.NONE) {
            send(idle.removeFirst(), intended);
            intended = idle.isEmpty() ? Arrivals.NONE : takeInTime(now);
        }
    }

    /** The next call that is due and whose time has not run out while it waited. */
    private long takeInTime(long now) {
        long intended = arrivals.take(now);
        while (intended != Arrivals.NONE && now - intended > answerWithin) {
            tally.ended(intended, now, false);
            intended = arrivals.take(now);
        }
        return intended;
    }

    private void send(Connection connection, long intended) {
        connection.number = numbers++;
        connection.intended = intended;
        connection.step = 0;
        busy++;
        connection.send(work.request(connection.number));
    }

    private void open(Connection connection, long now) {
        connecting++;
        connection.openAt = now + CONNECT_WITHIN;
        connection.open(work.addresses().get(connection.turn % work.addresses().size()));
    }

    @Override
    public void opened(Connection connection) {
        connecting--;
        everOpened = true;
        idle.addLast(connection);
        occupyIdle(System.nanoTime());
    }

    @Override
    public void answered(Connection connection) {
        long now = System.nanoTime();
        int status = connection.answer().status();
        tally.answer(status, connection.intended);
        boolean right = work.isRight(status);
        if (right && work instanceof Dialogue dialogue && goesOn(dialogue, connection)) {
            return;
        }
        end(connection, status, right, now);
        if (connection.state() == State.CLOSED) {
            open(connection, now);
            return;
        }
        connection.rest();
        long intended = idle.isEmpty() ? takeInTime(now) : Arrivals.NONE;
        if (intended == Arrivals.NONE) {
            idle.addLast(connection);
        } else {
            send(connection, intended);
        }
    }

    /** Whether another request of the call was sent, or failed with the connection. */
    private boolean goesOn(Dialogue dialogue, Connection connection) {
        byte[] next = dialogue.next(connection.number, connection.step, connection.answer());
        if (next.length == 0) {
            return false;
        }
        if (connection.state() == State.CLOSED) {
            broke(connection, State.BUSY);
        } else {
            connection.step++;
            connection.send(next);
        }
        return true;
    }

    @Override
    public void broke(Connection connection, State was) {
        long now = System.nanoTime();
        switch (was) {
            case CONNECTING -> connecting--;
            case IDLE -> idle.remove(connection);
            case BUSY -> end(connection, 0, false, now);
            case CLOSED -> throw new IllegalStateException("A closed connection broke");
        }
        connection.turn++;
        if (was == State.CONNECTING) {
            connection.openAt = now + OPEN_AGAIN_AFTER;
        } else {
            open(connection, now);
        }
    }

    private void end(Connection connection, int status, boolean right, long now) {
        busy--;
        tally.ended(connection.intended, now, right);
        work.ended(connection.number, status, connection.intended, now);
    }

    /** Opens what is closed, gives up what takes too long, and shows how it goes. */
    private void lookAfter(long now, long start) {
        if (!everOpened && now - start > FIRST_WITHIN) {
            throw new IllegalStateException("No connection could be opened to any of " + work.addresses() + " within "
                    + TimeUnit.NANOSECONDS.toSeconds(FIRST_WITHIN) + " s: start what is to be called there");
        }
        for (Connection connection : connections) {
            switch (connection.state()) {
                case CLOSED -> openAgain(connection, now);
                case CONNECTING -> giveUp(connection, connection.openAt, now);
                case BUSY -> giveUp(connection, connection.intended + answerWithin, now);
                case IDLE -> {}
            }
        }
        giveUpWaiting(now);
        tally.tick(now);
    }

    private void openAgain(Connection connection, long now) {
        if (now - connection.openAt >= 0) {
            open(connection, now);
        }
    }

    private void giveUp(Connection connection, long within, long now) {
        if (now - within > 0) {
            State was = connection.state();
            connection.close();
            broke(connection, was);
        }
    }

    /** Calls whose time ran out while all connections were busy. */
    private void giveUpWaiting(long now) {
        for (long next = arrivals.next(now);
                next != Arrivals.NONE && now - next > answerWithin;
                next = arrivals.next(now)) {
            arrivals.take(now);
            tally.ended(next, now, false);
        }
    }

    private void close() {
        connections.forEach(Connection::close);
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("The selector could not be closed", e);
        }
    }
}
