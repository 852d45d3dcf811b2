package io.bulwark.persistence.backup;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Thrown by who is told of the progress of a work, when it must not go on: nothing that is at work takes it for a fault. */
public final class BrokenOff extends UncheckedIOException {
    private static final long serialVersionUID = 1L;

    public BrokenOff(IOException why) {
        super(String.valueOf(why.getMessage()), why);
    }
}
