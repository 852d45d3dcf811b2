package io.bulwark.http.server;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.cfg.MutableCoercionConfig;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;

/** JSON as the contract has it: one strict reader whose refusals name the member, and one writer. */
public final class Json {
    /** The most levels of arrays and objects in one another. */
    public static final int DEPTH_MAX = 64;

    private static final int NAME_LENGTH_MAX = 1_024;
    private static final int NUMBER_LENGTH_MAX = 64;
    private static final ObjectMapper MAPPER = strict();

    private Json() {}

    /**
     * Reads a document of UTF-8.
     *
     * @throws ProblemException 400 {@code malformed-json} when it is not JSON, {@code invalid-request} when a member is
     *     unknown, missing, of another type or out of range; the detail names it
     */
    public static <T> T parse(byte[] bytes, Class<T> type) {
        try (JsonParser json = MAPPER.createParser(bytes)) {
            T value = MAPPER.readValue(json, type);
            if (json.nextToken() != null) {
                throw JsonRefusal.goesOn(json.currentTokenLocation()).exception();
            }
            if (value == null) {
                throw JsonRefusal.isNull().exception();
            }
            return value;
        } catch (JsonMappingException e) {
            throw JsonRefusal.of(e, bytes, MAPPER).exception();
        } catch (JsonProcessingException e) {
            throw JsonRefusal.malformed(e).exception();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes a document of UTF-8; absent values are left out. */
    public static byte[] write(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ObjectMapper strict() {
        return JsonMapper.builder(factory())
                .addModules(new Jdk8Module(), new JavaTimeModule(), times())
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(
                        SerializationFeature.WRITE_DATES_AS_TIMESTAMPS,
                        SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                        DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .defaultPropertyInclusion(
                        JsonInclude.Value.construct(JsonInclude.Include.NON_ABSENT, JsonInclude.Include.NON_ABSENT))
                .withCoercionConfig(LogicalType.Textual, Json::noCoercion)
                .build();
    }

    private static void noCoercion(MutableCoercionConfig config) {
        config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    private static JsonFactory factory() {
        return new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEPTH_MAX)
                        .maxNameLength(NAME_LENGTH_MAX)
                        .maxNumberLength(NUMBER_LENGTH_MAX)
                        .build())
                .build();
    }

    private static SimpleModule times() {
        return new SimpleModule()
                .addDeserializer(Duration.class, new Text<>(Duration.class, Duration::parse))
                .addDeserializer(Instant.class, new Text<>(Instant.class, Instant::parse));
    }

    /** A value that only a string stands for: the library's own readers take numbers too. */
    private static final class Text<T> extends StdScalarDeserializer<T> {
        private final transient Function<String, T> parser;

        Text(Class<T> type, Function<String, T> parser) {
            super(type);
            this.parser = parser;
        }

        @Override
        @SuppressWarnings("unchecked")
        public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return (T) context.handleUnexpectedToken(handledType(), json);
            }
            try {
                return parser.apply(json.getText());
            } catch (DateTimeException e) {
                return (T) context.handleWeirdStringValue(handledType(), json.getText(), "not of the form");
            }
        }
    }
}
