package io.bulwark.wire;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;

/** Mappers such as the modules above have: strict JSON for people, CBOR for nodes and the journal. */
public final class Json {
    private static final ObjectMapper JSON = configured(new ObjectMapper())
            .configure(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, false)
            .configure(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS, false);
    private static final ObjectMapper CBOR = configured(new ObjectMapper(new CBORFactory()));

    private Json() {}

    private static ObjectMapper configured(ObjectMapper mapper) {
        return mapper.registerModules(new JavaTimeModule(), new Jdk8Module())
                .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, true);
    }

    /** @throws IllegalArgumentException that a constructor threw, or for JSON that does not fit */
    public static <T> T read(String json, Class<T> type) {
        try {
            return JSON.readValue(json.replace('\'', '"'), type);
        } catch (ValueInstantiationException e) {
            throw e.getCause() instanceof IllegalArgumentException cause ? cause : new IllegalArgumentException(e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    public static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e.getOriginalMessage(), e);
        }
    }

    /** Through CBOR and back, read as the declared type, which is how a field is read. */
    public static <T> T throughCbor(T value, Class<T> type) {
        try {
            return CBOR.readValue(CBOR.writerFor(type).writeValueAsBytes(value), type);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
