package io.bulwark.http.decisions;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.bulwark.grammar.Ranges;
import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Body;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON form of an answer that is recorded or replayed: status, headers, and a body as text or base64. */
final class RecordedAnswer {
    private static final String BASE64 = "base64";
    private static final int HEADERS_MAX = 100;
    private static final int HEADER_BYTES_MAX = 32 * 1024;

    private RecordedAnswer() {}

    /** How {@code body} stands for bytes. */
    enum BodyEncoding {
        /** The text's UTF-8. */
        @JsonProperty("text")
        TEXT,
        /** RFC 4648, 4. */
        @JsonProperty(BASE64)
        BASE64_TEXT
    }

    /** The values of one header: a string, or an array of them when there are several lines. */
    record Values(List<String> lines) {
        Values {
            lines = List.copyOf(lines);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Values of(String line) {
            return new Values(List.of(line));
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Values of(List<String> lines) {
            return new Values(lines);
        }

        @JsonValue
        Object json() {
            return lines.size() == 1 ? lines.getFirst() : lines;
        }
    }

    /** @throws IllegalArgumentException when the status, a header or the body is outside what can be replayed */
    static Answer read(
            int status,
            @Nullable Map<String, Values> headers,
            @Nullable String body,
            @Nullable BodyEncoding bodyEncoding) {
        Ranges.check("status", status, 100, 599);
        return Answer.of(status, headers(headers == null ? Map.of() : headers), body(body, bodyEncoding));
    }

    /** The members of an answer, to stand beside others. */
    static Map<String, Object> members(Answer answer) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("status", answer.status());
        members.put("headers", byName(answer.headers()));
        if (!answer.kept()) {
            members.put("kept", false);
            return members;
        }
        Optional<String> text = text(answer.body());
        members.put(
                "body",
                text.orElseGet(
                        () -> Base64.getEncoder().encodeToString(answer.body().unwrap())));
        if (text.isEmpty()) {
            members.put("bodyEncoding", BASE64);
        }
        return members;
    }

    private static List<Answer.Header> headers(Map<String, Values> headers) {
        List<Answer.Header> lines = new ArrayList<>();
        int bytes = 0;
        for (var entry : headers.entrySet()) {
            for (String value : entry.getValue().lines()) {
                check(entry.getKey(), value);
                bytes += entry.getKey().length() + value.length();
                lines.add(new Answer.Header(entry.getKey(), value));
            }
        }
        Ranges.check("headers (how many)", lines.size(), 0, HEADERS_MAX);
        Ranges.check("headers (how many bytes)", bytes, 0, HEADER_BYTES_MAX);
        return lines;
    }

    private static void check(String name, String value) {
        if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")) {
            throw new IllegalArgumentException(
                    "headers names '" + name + "': expected the name of a header, at most 128 characters");
        }
        if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c <= '~'))) {
            throw new IllegalArgumentException("headers." + name
                    + " holds a control character or one beyond ASCII: expected visible ASCII and blanks");
        }
    }

    private static Body body(@Nullable String body, @Nullable BodyEncoding encoding) {
        String text = body == null ? "" : body;
        if (encoding != BodyEncoding.BASE64_TEXT) {
            return Body.wrap(text.getBytes(StandardCharsets.UTF_8));
        }
        try {
            return Body.wrap(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("body is not base64 (RFC 4648, 4): " + e.getMessage(), e);
        }
    }

    private static Map<String, Values> byName(List<Answer.Header> headers) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        headers.forEach(header ->
                byName.computeIfAbsent(header.name(), name -> new ArrayList<>()).add(header.value()));
        Map<String, Values> values = new LinkedHashMap<>();
        byName.forEach((name, lines) -> values.put(name, new Values(lines)));
        return values;
    }

    private static Optional<String> text(Body body) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body.unwrap()))
                    .toString());
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }
}
