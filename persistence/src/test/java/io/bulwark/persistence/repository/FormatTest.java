package io.bulwark.persistence.repository;

import static io.bulwark.persistence.repository.Rig.assertSame;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.stream.Stream;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A repository of format 1, kept from the release that wrote it: it has to be read by every later one, and by whoever has no
 * more than its README.txt and the key.
 */
class FormatTest {
    /** Not a secret: it opens nothing but the kept repository. */
    private static final String KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    private static final String SEGMENT = "000000010000000000000002";
    private static final String PART = "backups/20261127T031500Z-full/base.tar";

    @TempDir
    Path directory;

    private Rig rig;

    /** Writes a repository to be kept, into the directory that is named. */
    public static void main(String[] arguments) throws IOException {
        try (Repository repository =
                new Rig(TestStore.inDirectory(Path.of(arguments[0])), Rig.ring("kept " + KEY)).open()) {
            Rig.write(repository, Rig.full("20261127T031500Z-full"), part("base.tar", 66_000));
            Rig.write(
                    repository,
                    Rig.incremental("20261127T041500Z-incremental", "20261127T031500Z-full"),
                    part("backup_manifest", 100));
            repository.wal().put(SEGMENT, new ByteArrayInputStream(Rig.noise(7, 1_000)));
        }
    }

    @BeforeEach
    void copyTheKeptOne() throws IOException, URISyntaxException {
        URL kept = Objects.requireNonNull(FormatTest.class.getResource("/repository-format-1/repository.json"));
        Path from = Path.of(kept.toURI()).resolveSibling("");
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = directory.resolve(from.relativize(file).toString());
                Files.createDirectories(to.resolveSibling(""));
                Files.copy(file, to);
            }
        }
        rig = new Rig(TestStore.inDirectory(directory), Rig.ring("kept " + KEY));
    }

    @Test
    void keptRepository_isReadByThisRelease() throws IOException {
        try (Repository repository = rig.open()) {
            assertThat(repository.backups())
                    .extracting(Backup::start)
                    .containsExactlyInAnyOrder(
                            Rig.full("20261127T031500Z-full"),
                            Rig.incremental("20261127T041500Z-incremental", "20261127T031500Z-full"));
            for (Backup backup : repository.backups()) {
                assertThat(repository.verify(backup).problems()).isEmpty();
            }
            Backup full = repository.backup("20261127T031500Z-full").orElseThrow();
            assertSame(Rig.readAll(repository, full, "base.tar"), Rig.noise(66_000, 66_000));
            try (InputStream segment = repository.wal().get(SEGMENT).orElseThrow()) {
                assertSame(segment.readAllBytes(), Rig.noise(7, 1_000));
            }
        }
    }

    /** With no class of the package under test. */
    @Test
    void readme_isEnoughToReadAPart() throws IOException, GeneralSecurityException {
        ByteBuffer object = ByteBuffer.wrap(Files.readAllBytes(directory.resolve(PART)));
        byte[] header = take(object, 64);
        int frameBytes = ByteBuffer.wrap(header).getInt(12);
        byte[] dataKey = unwrap(HexFormat.of().formatHex(header, 16, 32));
        byte[] key = hkdf(dataKey, Arrays.copyOfRange(header, 32, 64), "bulwark object 1");
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        for (long number = 0; object.hasRemaining(); number++) {
            byte[] frame = take(object, Math.min(frameBytes + 16, object.remaining()));
            byte[] nonce = ByteBuffer.allocate(12).putLong(4, number).array();
            Cipher cipher = decryption(key, nonce);
            cipher.updateAAD(header);
            cipher.updateAAD(PART.getBytes(StandardCharsets.UTF_8));
            cipher.updateAAD(ByteBuffer.allocate(8).putLong(0, number).array());
            cipher.updateAAD(new byte[] {(byte) (object.hasRemaining() ? 0 : 1)});
            compressed.writeBytes(cipher.doFinal(frame));
        }
        try (InputStream plain = new ZstdInputStream(new ByteArrayInputStream(compressed.toByteArray()))) {
            assertSame(plain.readAllBytes(), Rig.noise(66_000, 66_000));
        }
    }

    @Test
    void readme_isEnoughToCheckAnIndex() throws IOException, GeneralSecurityException {
        String name = "backups/20261127T031500Z-full/index.json";
        String text = Files.readString(directory.resolve(name));
        JsonNode json = new ObjectMapper().readTree(text);
        String index = text.substring(text.indexOf("\"index\":") + 8, text.length() - 2);
        assertThat(new ObjectMapper().readTree(index)).isEqualTo(json.get("index"));
        byte[] key = hkdf(unwrap(json.get("dataKey").asText()), new byte[0], "bulwark index 1");
        assertThat(HexFormat.of().formatHex(hmac(key, (name + "\0" + index).getBytes(StandardCharsets.UTF_8))))
                .isEqualTo(json.get("mac").asText());
    }

    private byte[] unwrap(String id) throws IOException, GeneralSecurityException {
        JsonNode wrapped = new ObjectMapper()
                .readTree(directory.resolve("keys/" + id + ".kept.json").toFile());
        Cipher cipher =
                decryption(Base64.getDecoder().decode(KEY), wrapped.get("nonce").binaryValue());
        StringBuilder lines = new StringBuilder("bulwark wrapped key 1");
        for (String member : new String[] {"repository", "dataKey", "keyEncryptionKey", "keyCheck", "purpose"}) {
            lines.append('\n').append(wrapped.get(member).asText());
        }
        cipher.updateAAD(lines.toString().getBytes(StandardCharsets.UTF_8));
        return cipher.doFinal(wrapped.get("wrapped").binaryValue());
    }

    private static Cipher decryption(byte[] key, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        return cipher;
    }

    /** RFC 5869, of one block. */
    private static byte[] hkdf(byte[] from, byte[] salt, String info) throws GeneralSecurityException {
        byte[] extracted = hmac(salt.length == 0 ? new byte[32] : salt, from);
        return hmac(extracted, (info + "\1").getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] hmac(byte[] key, byte[] message) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(message);
    }

    private static byte[] take(ByteBuffer from, int bytes) {
        byte[] taken = new byte[bytes];
        from.get(taken);
        return taken;
    }

    private static SequencedMap<String, byte[]> part(String name, int bytes) {
        SequencedMap<String, byte[]> parts = new LinkedHashMap<>();
        parts.put(name, Rig.noise(bytes, bytes));
        return parts;
    }
}
