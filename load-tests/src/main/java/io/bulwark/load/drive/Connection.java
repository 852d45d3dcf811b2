package io.bulwark.load.drive;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a driver, with at most one request on its way; opened again after it broke. For the driver's thread.
 *
 * <pre>
 * CLOSED → CONNECTING → IDLE ⇄ BUSY;   each → CLOSED
 * </pre>
 */
final class Connection {
    private static final byte[] NOTHING = new byte[0];

    private final Selector selector;
    private final Buffers buffers;
    private final Owner owner;
    private final AnswerReader answer;
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private State state = State.CLOSED;
    private byte[] outgoing = NOTHING;
    private int sent;

    /** Which of the addresses it is opened to; counts on after each failure. */
    int turn;
    /** When it is to be opened, while it is closed; until when it may take to connect, while it does. */
    long openAt;
    /** Of the call that it carries. */
    long number;
    /** The same: the nanosecond that was intended for it. */
    long intended;
    /** The same: how many answers have come. */
    int step;

    Connection(Selector selector, Buffers buffers, Owner owner, boolean keepsBodies, int turn) {
        this.selector = selector;
        this.buffers = buffers;
        this.owner = owner;
        this.answer = new AnswerReader(keepsBodies);
        this.turn = turn;
    }

    /** What became of a connection; called from its methods. */
    interface Owner {
        /** It can carry a call. */
        void opened(Connection connection);

        /** The answer to what it sent is complete. */
        void answered(Connection connection);

        /** It closed by itself, or could not be opened; {@code was} says what it did at that time. */
        void broke(Connection connection, State was);
    }

    /** See the class. */
    enum State {
        CLOSED,
        CONNECTING,
        IDLE,
        BUSY
    }

    State state() {
        return state;
    }

    AnswerReader answer() {
        return answer;
    }

    /** Begins to connect. */
    void open(InetSocketAddress address) {
        state = State.CONNECTING;
        try {
            SocketChannel opening = SocketChannel.open();
            channel = opening;
            opening.configureBlocking(false);
            opening.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean already = opening.connect(address);
            key = opening.register(selector, already ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (already) {
                connected();
            }
        } catch (IOException refused) {
            fail();
        }
    }

    /** Sends a request; it must be idle, or just answered. */
    void send(byte[] request) {
        state = State.BUSY;
        outgoing = request;
        sent = 0;
        answer.begin();
        try {
            write();
        } catch (IOException broken) {
            fail();
        }
    }

    /** After an answer: nothing follows at once. */
    void rest() {
        state = State.IDLE;
    }

    /** Does what the selector found it ready for. */
    void proceed(SelectionKey selected) {
        if (!selected.isValid()) {
            return;
        }
        try {
            if (selected.isConnectable() && present(channel).finishConnect()) {
                selected.interestOps(SelectionKey.OP_READ);
                connected();
            } else if (selected.isReadable()) {
                read();
            } else if (selected.isWritable()) {
                write();
            }
        } catch (IOException broken) {
            fail();
        }
    }

    /** Closes it without telling the owner. */
    void close() {
        state = State.CLOSED;
        outgoing = NOTHING;
        SocketChannel open = channel;
        channel = null;
        key = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // A socket whose close fails is closed all the same.
            }
        }
    }

    private void connected() {
        state = State.IDLE;
        owner.opened(this);
    }

    private void fail() {
        State was = state;
        close();
        owner.broke(this, was);
    }

    private void write() throws IOException {
        boolean taken = true;
        while (sent < outgoing.length && taken) {
            int written = buffers.write(present(channel), outgoing, sent);
            sent += written;
            taken = written > 0;
        }
        SelectionKey own = present(key);
        int wanted = sent < outgoing.length ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ;
        if (own.interestOps() != wanted) {
            own.interestOps(wanted);
        }
    }

    private void read() throws IOException {
        int count = buffers.read(present(channel));
        if (count < 0) {
            end();
        } else if (count > 0) {
            take(count);
        }
    }

    private void end() {
        boolean whole = state == State.BUSY && answer.endsWithConnection();
        if (whole) {
            close();
            owner.answered(this);
        } else {
            fail();
        }
    }

    private void take(int count) throws IOException {
        if (state != State.BUSY) {
            throw new IOException("bytes came that nobody asked for");
        }
        int taken = answer.read(buffers.bytes(), 0, count);
        if (taken < count) {
            throw new IOException("more bytes came than the answer has");
        }
        if (answer.isDone()) {
            if (!answer.isReusable()) {
                close();
            }
            owner.answered(this);
        }
    }

    private static <T> T present(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("The connection is not open");
        }
        return value;
    }
}
