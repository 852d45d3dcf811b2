package io.bulwark.node.command;

import io.bulwark.persistence.archive.WalAhead;
import io.bulwark.persistence.backup.RestorePace;
import io.bulwark.persistence.backup.RestorePlan;
import io.bulwark.persistence.repository.Repository;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What a restore would read, to the byte, and how long it should take. */
record RestoreForecast(Repository repository, Path target) {
    /** @param log what is fetched of the archived log; empty when none is */
    void print(RestorePlan plan, List<WalAhead.Needed> log, PrintWriter out) throws IOException {
        plan.reads()
                .forEach(
                        read -> line(out, read.backupId() + "  " + read.part(), read.storedBytes(), read.plainBytes()));
        log.forEach(file -> line(out, "log  " + file.name(), file.storedBytes(), file.plainBytes()));
        long stored = plan.storedBytes()
                + log.stream().mapToLong(WalAhead.Needed::storedBytes).sum();
        long plain = plan.plainBytes()
                + log.stream().mapToLong(WalAhead.Needed::plainBytes).sum();
        out.println("together: " + exact(stored) + " to read, " + exact(plain) + " to write at most"
                + (log.isEmpty() ? "" : ", " + log.size() + " files of the log among them"));
        RestorePace pace = RestorePace.probe(repository, plan, target);
        out.println("should take about " + shown(pace.of(plain)) + ", and the server's replay of the log after it: "
                + Bytes.shown((long) pace.readPerSecond()) + "/s can be read here and "
                + Bytes.shown((long) pace.writtenPerSecond()) + "/s written");
    }

    private static void line(PrintWriter out, String what, long stored, long plain) {
        out.println(what + "  " + exact(stored) + " stored, " + exact(plain));
    }

    private static String exact(long bytes) {
        return bytes + " bytes (" + Bytes.shown(bytes) + ")";
    }

    private static String shown(Duration time) {
        return time.toMinutes() < 2 ? time.toSeconds() + " s" : time.toMinutes() + " min";
    }
}
