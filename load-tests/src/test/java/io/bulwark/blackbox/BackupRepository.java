package io.bulwark.blackbox;

import io.bulwark.load.node.BulwarkNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/**
 * A backup repository in a folder, with its keys beside it.
 *
 * @param folder empty
 */
record BackupRepository(Path folder) {
    /** What a node and its commands are told. */
    Map<String, String> environment() {
        return Map.of(
                "BULWARK_BACKUP_REPOSITORY", folder.resolve("repository").toString(),
                "BULWARK_BACKUP_KEY_FILE", folder.resolve("keys").toString());
    }

    void writeKeys(BulwarkNode node) throws IOException {
        Path keys = folder.resolve("keys");
        Files.writeString(keys, node.run("backup", "key", "--id", "first") + "\n");
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
    }

    /** A connection to the server that the node brings. */
    static Connection database(BulwarkNode node) throws IOException, SQLException {
        Path own = node.dataDirectory().resolve("postgres");
        String port = Files.readAllLines(own.resolve("data/postmaster.pid")).get(3);
        String password = Files.readString(own.resolve("password")).strip();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/bulwark", "bulwark", password);
    }
}
