package io.bulwark.load.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Stands before a listener and passes TCP connections on: as they come, or late, or broken. What arrives while
 * something is held goes on together with what came before it, so a byte is late by one to two delays. Its threads are
 * the machine's own: among the virtual ones of a load, heartbeats would wait for their turn.
 */
public final class Link implements AutoCloseable {
    private static final int BACKLOG = 64;
    private static final int CHUNK = 64 * 1024;

    private static final long TRY_AGAIN_AFTER = TimeUnit.MILLISECONDS.toNanos(20);

    private final InetSocketAddress target;
    private final InetSocketAddress listens;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listener;
    private volatile Duration delay = Duration.ZERO;
    private volatile boolean closed;

    private Link(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.listens = new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
        this.target = target;
    }

    /** Listens there and passes on to the target, which need not listen yet. */
    public static Link open(InetSocketAddress listen, InetSocketAddress target) {
        try {
            Link link = new Link(listening(listen), target);
            Thread.ofPlatform().daemon().name("link to " + target).start(link::accept);
            return link;
        } catch (IOException e) {
            throw new UncheckedIOException("No link could listen on " + listen, e);
        }
    }

    private static ServerSocket listening(InetSocketAddress listen) throws IOException {
        ServerSocket listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(listen, BACKLOG);
        return listener;
    }

    /** Where it listens. */
    public int port() {
        return listens.getPort();
    }

    /** From now on everything is held for so long, both ways; zero passes it on as it comes. */
    public void delay(Duration time) {
        delay = time;
    }

    /** Ends every connection; the next ones are passed on. */
    public void breakConnections() {
        sockets.forEach(Link::close);
    }

    @Override
    public void close() {
        closed = true;
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            breakConnections();
        }
    }

    private void accept() {
        while (!closed) {
            try {
                Socket caller = listener.accept();
                Thread.ofPlatform().daemon().start(() -> pass(caller));
            } catch (IOException e) {
                listenAgain();
            }
        }
    }

    /** As soon as the target listens. */
    private void listenAgain() {
        while (!closed && !isTargetThere()) {
            LockSupport.parkNanos(TRY_AGAIN_AFTER);
        }
        try {
            if (!closed) {
                listener = listening(listens);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The link could not listen on " + listens + " again", e);
        }
    }

    private boolean isTargetThere() {
        try (Socket look = new Socket()) {
            look.connect(target);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * A target that takes no connection ends the caller's, and the link listens no more until the target does: who calls
     * it is refused, as by the machine of a process that has ended.
     */
    private void pass(Socket caller) {
        Socket callee = new Socket();
        sockets.add(caller);
        sockets.add(callee);
        try {
            callee.connect(target);
            caller.setTcpNoDelay(true);
            callee.setTcpNoDelay(true);
            Thread back = Thread.ofPlatform().daemon().start(() -> copy(callee, caller));
            copy(caller, callee);
            back.join();
        } catch (ConnectException nobody) {
            stopListening();
        } catch (IOException e) {
            close(caller);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close(caller);
            close(callee);
            sockets.remove(caller);
            sockets.remove(callee);
        }
    }

    private void stopListening() {
        try {
            listener.close();
        } catch (IOException e) {
            // A socket whose close fails is closed all the same.
        }
    }

    private void copy(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
                hold();
                out.write(chunk, 0, length);
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private void hold() {
        long end = System.nanoTime() + delay.toNanos();
        for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // A socket whose close fails is closed all the same.
        }
    }
}
