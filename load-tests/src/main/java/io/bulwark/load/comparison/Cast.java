package io.bulwark.load.comparison;

import java.util.ArrayDeque;
import java.util.Deque;

/** The processes of a comparison, ended with it, the latest first. */
final class Cast implements AutoCloseable {
    private final Deque<AutoCloseable> members = new ArrayDeque<>();

    <T extends AutoCloseable> T keep(T member) {
        members.push(member);
        return member;
    }

    @Override
    public void close() {
        IllegalStateException failure = new IllegalStateException("Not all processes of the comparison could be ended");
        for (AutoCloseable member : members) {
            try {
                member.close();
            } catch (Exception e) {
                failure.addSuppressed(e);
            }
        }
        if (failure.getSuppressed().length > 0) {
            throw failure;
        }
    }
}
