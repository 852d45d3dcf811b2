package io.bulwark.persistence.repository;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Stream;

/** A process of its own, to be run where the system refuses something, or to be killed; says what it saw, a line each. */
final class StoreProbe {
    /** Holds the keys. */
    static final String KEYS = "PROBE_KEYS";

    /** Begins its lines; the others are the log's. */
    static final String SAID = "probe: ";

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private StoreProbe() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[1]);
        Rig rig = new Rig(TestStore.inDirectory(directory), KeyRing.ofEnvironment(System.getenv(), KEYS));
        switch (arguments[0]) {
            case "put" -> put(rig);
            case "fill" -> fill(rig, directory);
            case "read" -> read(rig);
            case "hang" -> hang(rig);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void put(Rig rig) {
        try {
            ObjectStore store = rig.store();
            say("opened");
            try (ObjectWriter writer = store.create("a/b")) {
                writer.write(1);
                writer.commit();
                say("stored");
            }
        } catch (IOException e) {
            say(e);
        }
    }

    private static void fill(Rig rig, Path directory) throws IOException {
        Repository repository = rig.open();
        Backup small = Rig.write(repository, Rig.full("small"), part(100_000));
        int before = files(directory);
        try (BackupWriter writer = repository.begin(Rig.full("large"))) {
            OutputStream part = writer.part("base.tar");
            try {
                part.write(Rig.noise(2, 8 << 20));
                part.close();
                say("stored");
            } catch (IOException e) {
                say(e);
            }
            part.close();
            try {
                writer.complete(small.end());
                say("completed");
            } catch (IllegalStateException e) {
                say("not completed");
            }
        }
        say("backups " + repository.backups().size() + ", files more " + (files(directory) - before));
        say("intact " + repository.verify(small).intact());
        Rig.write(repository, Rig.full("again"), part(100_000));
        say("backups " + repository.backups().size());
    }

    private static void read(Rig rig) {
        try {
            Repository repository = rig.open();
            for (Backup backup : repository.backups()) {
                say("read " + Rig.readAll(repository, backup, "base.tar").length);
            }
            repository.delete(repository.backups().getFirst());
            say("deleted");
        } catch (IOException e) {
            say(e);
        }
    }

    /** Ends only when it is killed. */
    private static void hang(Rig rig) throws IOException {
        Repository repository = rig.open();
        BackupWriter writer = repository.begin(Rig.full("killed"));
        try (OutputStream part = writer.part("base.tar")) {
            part.write(Rig.noise(3, 200_000));
        }
        OutputStream part = writer.part("16384.tar");
        part.write(Rig.noise(4, 3_000_000));
        say("writing");
        say("told to go on: " + System.in.read());
    }

    static SequencedMap<String, byte[]> part(int bytes) {
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put("base.tar", Rig.noise(1, bytes));
        return parts;
    }

    private static int files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return (int) files.filter(Files::isRegularFile).count();
        }
    }

    private static void say(IOException e) {
        say((e instanceof StoreTrouble trouble ? trouble.kind() : "other") + " " + e.getMessage());
    }

    private static void say(String line) {
        OUT.println(SAID + line);
    }
}
