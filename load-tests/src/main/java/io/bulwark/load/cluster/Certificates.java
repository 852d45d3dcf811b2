package io.bulwark.load.cluster;

import io.bulwark.load.node.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** A certificate authority and a certificate for each node, made with the JDK's keytool and kept as PEM files (RSA, which Akka reads). */
public final class Certificates {
    private static final String PASSWORD = "of-the-harness";
    private static final String AUTHORITY = "ca";

    private final Path folder;

    private Certificates(Path folder) {
        this.folder = folder;
    }

    /** Issues them into a folder, which is made. */
    public static Certificates issue(Path folder, List<String> addresses) {
        Certificates certificates = new Certificates(folder);
        try {
            Files.createDirectories(folder);
            certificates.generate(AUTHORITY, "CN=Bulwark test authority", "bc:c");
            for (String address : addresses) {
                certificates.generate(
                        address, "CN=bulwark", "san=ip:" + address + ",dns:bulwark", "-signer", AUTHORITY);
            }
            certificates.export(addresses);
            return certificates;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException("No certificates could be issued into " + folder, e);
        }
    }

    /** What the node at this address is told. */
    public Map<String, String> environment(String address) {
        return Map.of(
                "BULWARK_REMOTE_TLS_CERTIFICATE", file(address, "crt").toString(),
                "BULWARK_REMOTE_TLS_KEY", file(address, "key").toString(),
                "BULWARK_REMOTE_TLS_CA", file(AUTHORITY, "crt").toString());
    }

    private void generate(String alias, String subject, String extension, String... more) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                alias,
                "-dname",
                subject,
                "-ext",
                extension,
                "-keyalg",
                "RSA",
                "-keysize",
                "2048",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store().toString(),
                "-storepass",
                PASSWORD));
        words.addAll(Arrays.asList(more));
        Programs.run(words, "");
    }

    private void export(List<String> addresses) throws IOException, GeneralSecurityException {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(store())) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        write(
                file(AUTHORITY, "crt"),
                "CERTIFICATE",
                keys.getCertificate(AUTHORITY).getEncoded());
        for (String address : addresses) {
            write(
                    file(address, "crt"),
                    "CERTIFICATE",
                    keys.getCertificate(address).getEncoded());
            write(
                    file(address, "key"),
                    "PRIVATE KEY",
                    keys.getKey(address, PASSWORD.toCharArray()).getEncoded());
        }
    }

    /** A PEM file (RFC 7468) for its owner's eyes only: nodes refuse a key that others can read. */
    static void write(Path file, String label, byte[] content) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String pem = "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(file, pem.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be written", e);
        }
    }

    private Path store() {
        return folder.resolve("all.p12");
    }

    private Path file(String name, String kind) {
        return folder.resolve(name + "." + kind).toAbsolutePath();
    }
}
