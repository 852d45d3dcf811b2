package io.bulwark.node.config;

import io.bulwark.persistence.tenantrestore.RegisteredTable;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where backups and the write-ahead log are kept, and which server they are of.
 *
 * @param keyFile with the key-encryption keys; absent: they are in the environment, in {@value #KEYS_VARIABLE}
 * @param source the server to back up; absent: the one that the nodes use
 * @param tenantTables the applications' tables of which a tenant's rows go back with it
 */
public record BackupConfig(
        Location location,
        Optional<Path> keyFile,
        Optional<NodeConfig.Database> source,
        List<RegisteredTable> tenantTables) {
    /** The environment variable that may hold the keys. */
    public static final String KEYS_VARIABLE = "BULWARK_BACKUP_KEYS";

    private static final String PATH = "bulwark.backup.";
    private static final String EXPECTED = "an absolute path such as /backups, s3://bucket/folder or"
            + " azure://container/folder (BULWARK_BACKUP_REPOSITORY)";

    /** What kind of store it is, and where. */
    public sealed interface Location {
        /** A directory of this machine, or of a network file system. */
        record Folder(Path path) implements Location {}

        /**
         * A bucket.
         *
         * @param folder with a slash at its end, or empty
         * @param endpoint of a server that is not Amazon's
         * @param byServer whether the server itself refuses to overwrite
         */
        record S3(
                String bucket,
                String folder,
                Optional<URI> endpoint,
                Optional<String> region,
                boolean pathStyle,
                boolean byServer)
                implements Location {}

        /**
         * A container of blobs.
         *
         * @param folder with a slash at its end, or empty
         */
        record Azure(String container, String folder, URI endpoint) implements Location {}
    }

    /** Of the members that have a repository: among them lives the coordinator. */
    public static final String ROLE = "backup";

    /** Whether a repository is named. */
    public static boolean isSet(Settings settings) {
        return !settings.text(PATH + "repository").isEmpty();
    }

    /** @throws SettingRefused naming the first setting that is wrong; also when no repository is named */
    public static BackupConfig of(Settings settings) {
        String keyFile = settings.text(PATH + "key-file");
        return new BackupConfig(
                location(settings),
                keyFile.isEmpty() ? Optional.empty() : Optional.of(Path.of(keyFile)),
                source(settings),
                tenantTables(settings));
    }

    /** The same for whom the nodes' own database is meant, whichever is backed up. */
    public BackupConfig withoutSource() {
        return new BackupConfig(location, keyFile, Optional.empty(), tenantTables);
    }

    private static List<RegisteredTable> tenantTables(Settings settings) {
        String path = PATH + "tenant-tables";
        try {
            return settings.texts(path).stream().map(RegisteredTable::parse).toList();
        } catch (IllegalArgumentException e) {
            throw settings.refused(path, "a list of " + RegisteredTable.FORM + ": " + e.getMessage());
        }
    }

    private static Location location(Settings settings) {
        String text = settings.text(PATH + "repository");
        if (text.startsWith("/")) {
            return new Location.Folder(Path.of(text));
        }
        URI uri = uri(settings, "repository", EXPECTED);
        String path = Optional.ofNullable(uri.getPath()).orElse("");
        String folder = path.replaceAll("^/+|/+$", "");
        String inFolder = folder.isEmpty() ? "" : folder + "/";
        String host = Optional.ofNullable(uri.getHost()).orElse("");
        return switch (uri.getScheme() + (host.isEmpty() ? ":" : "://")) {
            case "file:" -> new Location.Folder(Path.of(path));
            case "s3://" -> s3(settings, host, inFolder);
            case "azure://" ->
                new Location.Azure(
                        host,
                        inFolder,
                        uri(
                                settings,
                                "azure.endpoint",
                                "the account's address, https://account.blob.core.windows.net"));
            default -> throw settings.refused(PATH + "repository", EXPECTED);
        };
    }

    private static Location s3(Settings settings, String bucket, String folder) {
        Optional<URI> endpoint = settings.text(PATH + "s3.endpoint").isEmpty()
                ? Optional.empty()
                : Optional.of(uri(settings, "s3.endpoint", "an address such as https://minio.example:9000"));
        String region = settings.text(PATH + "s3.region");
        return new Location.S3(
                bucket,
                folder,
                endpoint,
                region.isEmpty() ? Optional.empty() : Optional.of(region),
                settings.flag(PATH + "s3.path-style"),
                settings.flag(PATH + "s3.write-once-by-server"));
    }

    private static URI uri(Settings settings, String name, String expected) {
        try {
            URI uri = new URI(settings.text(PATH + name));
            if (uri.getScheme() == null || uri.getUserInfo() != null) {
                throw settings.refused(PATH + name, expected);
            }
            return uri;
        } catch (URISyntaxException e) {
            throw settings.refused(PATH + name, expected);
        }
    }

    private static Optional<NodeConfig.Database> source(Settings settings) {
        String url = settings.text(PATH + "database.url");
        if (url.isEmpty()) {
            return Optional.empty();
        }
        if (!url.startsWith("jdbc:postgresql:")) {
            throw settings.refused(PATH + "database.url", "a JDBC URL such as jdbc:postgresql://db:5432/postgres");
        }
        return Optional.of(new NodeConfig.Database(
                Optional.of(url),
                settings.text(PATH + "database.user"),
                settings.text(PATH + "database.password"),
                false,
                0));
    }
}
