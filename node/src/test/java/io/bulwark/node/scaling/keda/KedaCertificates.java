package io.bulwark.node.scaling.keda;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;

/** Certificates for 127.0.0.1 that sign themselves, made with the JDK's keytool: {@code <algorithm>.crt} and {@code .key}. */
final class KedaCertificates {
    private static final String PASSWORD = "of-the-test";

    private KedaCertificates() {}

    static void make(Path folder, String algorithm) throws IOException, InterruptedException, GeneralSecurityException {
        Path store = folder.resolve(algorithm + ".p12");
        keytool(store, algorithm);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream stored = Files.newInputStream(store)) {
            keys.load(stored, PASSWORD.toCharArray());
        }
        write(
                folder.resolve(algorithm + ".crt"),
                "CERTIFICATE",
                keys.getCertificate("own").getEncoded());
        write(
                folder.resolve(algorithm + ".key"),
                "PRIVATE KEY",
                keys.getKey("own", PASSWORD.toCharArray()).getEncoded());
    }

    private static void keytool(Path store, String algorithm) throws IOException, InterruptedException {
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String words =
                "-genkeypair -alias own -dname CN=keda-" + algorithm + " -ext san=ip:127.0.0.1 -keyalg " + algorithm
                        + (algorithm.equals("RSA") ? " -keysize 2048" : " -groupname secp256r1")
                        + " -validity 2 -storetype PKCS12 -storepass " + PASSWORD + " -keystore";
        ProcessBuilder command = new ProcessBuilder(words.split(" ", -1));
        command.command().addFirst(keytool);
        command.command().add(store.toString());
        Process process = command.inheritIO().start();
        if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("keytool made no certificate in " + store);
        }
    }

    private static void write(Path file, String label, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        String pem = "-----BEGIN " + label + "-----\n" + text + "\n-----END " + label + "-----\n";
        Files.writeString(file, pem, StandardCharsets.US_ASCII);
    }
}
