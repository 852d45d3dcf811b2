package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small object that people can read and nobody can change: JSON of the members {@code mac}, {@code dataKey} and
 * {@code index}, in this order and to the byte. The mac is HMAC-SHA256, by a key derived from the data key, over the object's
 * key in the store, a zero byte and the bytes of {@code index}.
 */
final class Signed {
    private static final Pattern BEGINNING =
            Pattern.compile("\\{\"mac\":\"[0-9a-f]{64}\",\n\"dataKey\":\"([0-9a-f]{32})\",\n\"index\":");

    private static final int BEGINNING_BYTES =
            beginning("0".repeat(64), "0".repeat(32)).length();
    private static final byte[] END = "}\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SEPARATOR = {0};

    private Signed() {}

    /** What was signed, and the id of the data key. */
    record Content(String json, String dataKey) {}

    static byte[] seal(String objectKey, DataKey key, byte[] json) {
        byte[] place = objectKey.getBytes(StandardCharsets.UTF_8);
        String mac = HexFormat.of().formatHex(Hmac.of(key.forIndex(), place, SEPARATOR, json));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(beginning(mac, key.id()).getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(json);
        out.writeBytes(END);
        return out.toByteArray();
    }

    /** @throws StoreTrouble DAMAGED when a byte is not as it was written, or what finding the key reports */
    static Content open(String objectKey, byte[] bytes, FrameReader.KeyLookup keys) throws StoreTrouble {
        int begins = Math.min(BEGINNING_BYTES, bytes.length);
        Matcher beginning = BEGINNING.matcher(new String(bytes, 0, begins, StandardCharsets.ISO_8859_1));
        if (!beginning.matches() || bytes.length < BEGINNING_BYTES + END.length) {
            throw damaged(objectKey, "its beginning was changed, or it was cut off");
        }
        byte[] json = Arrays.copyOfRange(bytes, BEGINNING_BYTES, bytes.length - END.length);
        DataKey key = keys.find(beginning.group(1));
        if (!MessageDigest.isEqual(seal(objectKey, key, json), bytes)) {
            throw damaged(objectKey, "it is not what was written under this name");
        }
        return new Content(new String(json, StandardCharsets.UTF_8), key.id());
    }

    private static String beginning(String mac, String dataKey) {
        return "{\"mac\":\"" + mac + "\",\n\"dataKey\":\"" + dataKey + "\",\n\"index\":";
    }

    private static StoreTrouble damaged(String objectKey, String what) {
        return new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " is damaged: " + what);
    }
}
