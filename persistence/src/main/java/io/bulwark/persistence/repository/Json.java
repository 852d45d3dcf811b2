package io.bulwark.persistence.repository;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The repository's small objects. A member that this release does not know is passed over: a newer one wrote it. */
final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .addModules(new Jdk8Module(), new JavaTimeModule())
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS, DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private Json() {}

    static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Cannot be written as JSON: " + value, e);
        }
    }

    /** @throws StoreTrouble as {@link #read(String, byte[], Class)} */
    static <T> T read(String objectKey, String json, Class<T> type) throws StoreTrouble {
        return read(objectKey, json.getBytes(StandardCharsets.UTF_8), type);
    }

    /** @throws StoreTrouble DAMAGED when this is not the JSON of such a value */
    static <T> T read(String objectKey, byte[] json, Class<T> type) throws StoreTrouble {
        try {
            @Nullable T value = MAPPER.readValue(json, type);
            if (value == null) {
                throw new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " holds null");
            }
            return value;
        } catch (StoreTrouble e) {
            throw e;
        } catch (IOException e) {
            String why = e instanceof JsonProcessingException inJson ? inJson.getOriginalMessage() : e.getMessage();
            throw new StoreTrouble(Kind.DAMAGED, "The object " + objectKey + " is not what was written: " + why, e);
        }
    }
}
