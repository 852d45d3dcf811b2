package io.bulwark.load.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A request or an answer as it was on the wire.
 *
 * @param startLine without its line end
 * @param headers in the order in which they came
 * @param body decoded of chunks, each character one byte (ISO 8859-1); at most {@value HttpReader#BODY_MAX} bytes
 */
public record HttpMessage(String startLine, List<Field> headers, String body) {
    public HttpMessage {
        headers = List.copyOf(headers);
    }

    /** The first field of this name, whatever its case. */
    public Optional<String> header(String name) {
        return headers(name).stream().findFirst();
    }

    /** All fields of this name, whatever their case, in order. */
    public List<String> headers(String name) {
        return headers.stream()
                .filter(field -> field.name().equalsIgnoreCase(name))
                .map(Field::value)
                .toList();
    }

    /** Of a request: the word before the first space. */
    public String method() {
        return word(0);
    }

    /** Of a request: the second word. */
    public String target() {
        return word(1);
    }

    /** Of an answer: the number after the version. */
    public int status() {
        return Integer.parseInt(word(1));
    }

    /** The body as UTF-8. */
    public String text() {
        return new String(body.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private String word(int index) {
        String[] words = startLine.split(" ", 3);
        if (words.length <= index) {
            throw new IllegalStateException("The start line is '" + startLine + "': expected three words");
        }
        return words[index];
    }

    /** One header line. */
    public record Field(String name, String value) {}
}
