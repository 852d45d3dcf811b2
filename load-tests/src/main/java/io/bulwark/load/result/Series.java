package io.bulwark.load.result;

import java.util.List;

/** How one part of a run went, second by second. */
public record Series(String subject, List<Second> seconds) {
    public Series {
        seconds = List.copyOf(seconds);
    }
}
