package io.bulwark.load.scenario;

import io.bulwark.load.node.Programs;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads how much of its heap a Java process needs: what a full collection leaves, counted in the same pause, so that
 * nothing is counted that the process makes afterwards. With the {@code jcmd} of this runtime.
 */
final class Heap {
    /** {@code Total       1234567       98765432}: objects and bytes, the last line of the table of classes. */
    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");

    private Heap() {}

    /** In bytes. */
    static long afterCollection(long process) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return total(Programs.run(jcmd, Long.toString(process), "GC.class_histogram"));
    }

    static long total(String histogram) {
        Matcher matcher = TOTAL.matcher(histogram);
        if (!matcher.find()) {
            throw new IllegalStateException(
                    "jcmd GC.class_histogram said '" + histogram.strip() + "': expected a line with the total");
        }
        return Long.parseLong(matcher.group(1));
    }
}
