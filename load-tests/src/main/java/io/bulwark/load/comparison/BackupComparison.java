package io.bulwark.load.comparison;

import io.bulwark.load.node.PostgresServer;
import io.bulwark.load.node.Programs;
import io.bulwark.load.node.Scratch;
import io.bulwark.load.result.Result;
import io.bulwark.load.rival.Postgres15;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How long a full backup and its restore take beside {@code pg_basebackup} and {@code tar}, and an incremental one beside a
 * full one: whole processes, from their launch to their end.
 */
record BackupComparison(InstantSource clock, Consumer<String> progress) implements Comparison {
    /** How much is backed up. */
    static final String SIZE = "bulwark.backup.mebibytes";

    private static final int MEBIBYTES = 1024;
    /** Of the database of which incremental backups are taken: enough for pages to be what takes time. */
    private static final int CHANGING_MEBIBYTES_MAX = 512;

    private static final int TABLES = 4;
    private static final List<Integer> CHANGED = List.of(0, 1, 5, 25);
    private static final String HOME = "comparison-backup/";
    private static final double MEGA = 1e6;

    @Override
    public String name() {
        return "backup";
    }

    @Override
    public String title() {
        return "Full and incremental backups, and their restore, beside pg_basebackup and tar";
    }

    @Override
    public Result run(Setting setting) {
        setting.enter();
        Findings findings = Findings.of(this, setting, clock);
        int mebibytes = Integer.getInteger(SIZE, MEBIBYTES);
        findings.configured("database", mebibytes + " MiB in " + TABLES + " tables with an index each");
        Optional<String> absence = Postgres15.absence();
        if (absence.isPresent()) {
            findings.note(absence.get());
        } else {
            full(setting, findings, mebibytes);
        }
        changes(setting, findings, Math.min(mebibytes, CHANGING_MEBIBYTES_MAX));
        notes(findings);
        return findings.result();
    }

    private void full(Setting setting, Findings findings, int mebibytes) {
        try (Cast cast = new Cast()) {
            PostgresServer server = cast.keep(Postgres15.start(HOME + "server"));
            Filling.fill(server, mebibytes, TABLES);
            BackupCommands bulwark = new BackupCommands(HOME + "bulwark", server);
            for (int round = 1; round <= setting.rounds(); round++) {
                Scratch.empty(HOME + "round");
                if (round % 2 == 0) {
                    bulwark(findings, bulwark);
                    rival(findings, server);
                } else {
                    rival(findings, server);
                    bulwark(findings, bulwark);
                }
                progress.accept(told(findings, round));
            }
            requireSame(server);
        }
        findings.target("bulwark.backupRate >= 1.0 * pg_basebackup.backupRate");
        findings.target("bulwark.restoreRate >= 1.0 * tar.restoreRate");
        findings.target("bulwark.restoreRate >= 1.0 * tar-synced.restoreRate");
    }

    private static void bulwark(Findings findings, BackupCommands bulwark) {
        Path restored = Scratch.folder(HOME + "round/bulwark/data");
        String[] id = {""};
        double backup = seconds(() -> id[0] = bulwark.take("full"));
        double restore = seconds(() -> bulwark.restore(id[0], restored));
        double megabytes = BackupCommands.bytes(restored) / MEGA;
        findings.add("bulwark", "start", "s", timed(bulwark::list));
        findings.add("bulwark", "backup", "s", backup);
        findings.add("bulwark", "backupRate", "MB/s", megabytes / backup);
        findings.add("bulwark", "stored", "MB", bulwark.storedBytes(id[0]) / MEGA);
        findings.add("bulwark", "restore", "s", restore);
        findings.add("bulwark", "restoreRate", "MB/s", megabytes / restore);
        bulwark.delete(id[0]);
    }

    private static void rival(Findings findings, PostgresServer server) {
        Path gzip = Scratch.folder(HOME + "round/gzip");
        Path zstd = Scratch.folder(HOME + "round/zstd");
        Path restored = Scratch.empty(HOME + "round/tar");
        double backup = seconds(() -> Postgres15.pgBaseBackup(server, gzip, "client-gzip"));
        double withZstd = seconds(() -> Postgres15.pgBaseBackup(server, zstd, "client-zstd"));
        double unpack = seconds(() -> Postgres15.tar(gzip, restored));
        double sync = timed(() -> Programs.run("sync", "-f", restored.toString()));
        double megabytes = BackupCommands.bytes(restored) / MEGA;
        findings.add("pg_basebackup", "backup", "s", backup);
        findings.add("pg_basebackup", "backupRate", "MB/s", megabytes / backup);
        findings.add("pg_basebackup", "stored", "MB", BackupCommands.bytes(gzip) / MEGA);
        findings.add("pg_basebackup-zstd", "backup", "s", withZstd);
        findings.add("pg_basebackup-zstd", "backupRate", "MB/s", megabytes / withZstd);
        findings.add("pg_basebackup-zstd", "stored", "MB", BackupCommands.bytes(zstd) / MEGA);
        findings.add("tar", "restore", "s", unpack);
        findings.add("tar", "restoreRate", "MB/s", megabytes / unpack);
        findings.add("tar-synced", "restore", "s", unpack + sync);
        findings.add("tar-synced", "restoreRate", "MB/s", megabytes / (unpack + sync));
    }

    private static String told(Findings findings, int round) {
        return String.format(
                Locale.ROOT,
                "round %d: backup %.2f s, pg_basebackup %.2f s (gzip), %.2f s (zstd); restore %.2f s, tar %.2f s,"
                        + " synced %.2f s",
                round,
                findings.latest("bulwark", "backup"),
                findings.latest("pg_basebackup", "backup"),
                findings.latest("pg_basebackup-zstd", "backup"),
                findings.latest("bulwark", "restore"),
                findings.latest("tar", "restore"),
                findings.latest("tar-synced", "restore"));
    }

    /** A restore that is fast and wrong would be void. */
    private static void requireSame(PostgresServer server) {
        String expected = Filling.digest(server);
        try (PostgresServer restored =
                PostgresServer.startOn(Postgres15.PROGRAMS, Scratch.folder(HOME + "round/bulwark"))) {
            String found = Filling.digest(restored);
            if (!found.equals(expected)) {
                throw new IllegalStateException("The restored server has the rows " + found + ": expected " + expected
                        + ", those of the source");
            }
        }
    }

    private void changes(Setting setting, Findings findings, int mebibytes) {
        try (Cast cast = new Cast()) {
            PostgresServer server = cast.keep(PostgresServer.startWith(
                    Optional.empty(),
                    HOME + "changing-server",
                    List.of("autovacuum=off", "max_wal_size=4GB", "checkpoint_timeout=1h", "summarize_wal=on")));
            Filling filling = Filling.fill(server, mebibytes, 1);
            BackupCommands bulwark = new BackupCommands(HOME + "bulwark-changes", server);
            for (int round = 1; round <= setting.rounds(); round++) {
                take(findings, bulwark, "full", "full");
                for (int percent : CHANGED) {
                    filling.change(percent);
                    take(findings, bulwark, "changed-" + percent, "incremental");
                }
                shares(findings);
                progress.accept(String.format(
                        Locale.ROOT,
                        "round %d: full %.2f s; incremental with 0, 1, 5, 25 %% of the pages changed %.2f, %.2f, %.2f,"
                                + " %.2f s",
                        round,
                        findings.latest("full", "backup"),
                        findings.latest("changed-0", "backup"),
                        findings.latest("changed-1", "backup"),
                        findings.latest("changed-5", "backup"),
                        findings.latest("changed-25", "backup")));
            }
        }
        findings.target("changed-1.share <= 10%");
        findings.target("changed-5.share <= 15%");
        findings.target("changed-25.share <= 40%");
    }

    private static void take(Findings findings, BackupCommands bulwark, String subject, String kind) {
        String[] id = {""};
        findings.add(subject, "backup", "s", seconds(() -> id[0] = bulwark.take(kind)));
        findings.add(subject, "stored", "MB", bulwark.storedBytes(id[0]) / MEGA);
        if (!id[0].endsWith(kind)) {
            throw new IllegalStateException("The backup is " + id[0] + ": expected one of the kind " + kind);
        }
    }

    /** Of what a full backup takes longer than one of nothing. */
    private static void shares(Findings findings) {
        double nothing = findings.latest("changed-0", "backup");
        double all = findings.latest("full", "backup") - nothing;
        for (int percent : CHANGED) {
            if (percent > 0) {
                String subject = "changed-" + percent;
                findings.add(subject, "share", "%", 100 * (findings.latest(subject, "backup") - nothing) / all);
            }
        }
    }

    private static void notes(Findings findings) {
        findings.note("Times are of whole processes, that of the Java virtual machine's start included; everything that"
                + " is written anywhere is synced before each. Rates are bytes of the data directory a second."
                + " bulwark.start is a `backup list`: what a command of Bulwark takes that has nothing to do.");
        findings.note(
                "bulwark: `backup take` and `restore`, zstd and AES-256-GCM into and out of a directory, every file"
                        + " held against the server's manifest, everything synced. pg_basebackup: tar with gzip at its"
                        + " default level, synced, not encrypted; pg_basebackup-zstd: the same with zstd at its default level."
                        + " tar: `tar xzf` of the former; tar-synced: the same and `sync -f`.");
        findings.note(
                "full and changed-N: of PostgreSQL 18 with summarize_wal, one table; one row changed in N of 100 of"
                        + " its pages since the backup before. share: of what the full backup takes longer than changed-0.");
        findings.note("Client and server share the machine's cores and its disk.");
    }

    /** Nobody pays for what another one left to be written. */
    private static double seconds(Runnable work) {
        Programs.run("sync");
        return timed(work);
    }

    private static double timed(Runnable work) {
        long begin = System.nanoTime();
        work.run();
        return (System.nanoTime() - begin) / 1e9;
    }
}
