package io.bulwark.load.scenario;

import io.bulwark.load.node.Programs;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how much of its heap a Java process uses after a full collection, with the {@code jcmd} of this runtime. */
final class Heap {
    /** {@code garbage-first heap   total reserved 4194304K, committed 260096K, used 43210K} and older forms of it. */
    private static final Pattern USED = Pattern.compile("heap\\s+total.*?used (\\d+)K");

    private Heap() {}

    /** In bytes. */
    static long afterCollection(long process) {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        Programs.run(jcmd, Long.toString(process), "GC.run");
        return used(Programs.run(jcmd, Long.toString(process), "GC.heap_info"));
    }

    static long used(String info) {
        Matcher matcher = USED.matcher(info);
        if (!matcher.find()) {
            throw new IllegalStateException(
                    "jcmd GC.heap_info said '" + info.strip() + "': expected a heap with its use in K");
        }
        return Long.parseLong(matcher.group(1)) * 1024;
    }
}
