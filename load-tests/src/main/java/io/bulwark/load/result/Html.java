package io.bulwark.load.result;

import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A piece of a page. What is not itself a piece becomes text: all that comes from data is escaped unless a template says
 * otherwise, and templates are constants of this program.
 */
record Html(String markup) {
    /** Nothing. */
    static final Html NONE = new Html("");

    private static final String HOLE = "{}";

    /** A template whose holes are filled in order: pieces as they are, everything else escaped. */
    static Html of(String template, Object... values) {
        StringBuilder markup = new StringBuilder();
        int from = 0;
        for (Object value : values) {
            int hole = template.indexOf(HOLE, from);
            if (hole < 0) {
                throw new IllegalArgumentException(
                        "'" + template + "' has fewer holes than the " + values.length + " values for it");
            }
            markup.append(template, from, hole).append(value instanceof Html html ? html.markup : escaped(value));
            from = hole + HOLE.length();
        }
        return new Html(markup.append(template.substring(from)).toString());
    }

    /** All of them, one after the other. */
    static Html all(Stream<Html> pieces) {
        return new Html(pieces.map(Html::markup).collect(Collectors.joining("\n")));
    }

    /** All of them, one after the other. */
    static Html all(Html... pieces) {
        return all(Stream.of(pieces));
    }

    /** This, when the condition holds. */
    Html when(boolean condition) {
        return condition ? this : NONE;
    }

    /** Good between tags and between quotes. */
    private static String escaped(Object value) {
        return String.valueOf(value)
                .replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
