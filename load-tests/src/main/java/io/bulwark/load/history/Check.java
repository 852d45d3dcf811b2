package io.bulwark.load.history;

import java.util.List;

/** A promise that can be read off a history. */
@FunctionalInterface
public interface Check {
    /** A sentence for each place where the promise is broken; empty when it is kept. */
    List<String> violations(History history);
}
