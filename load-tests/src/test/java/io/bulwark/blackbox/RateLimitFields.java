package io.bulwark.blackbox;

import io.bulwark.load.client.Reply;
import io.bulwark.load.wire.HttpMessage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.greenbytes.http.sfv.Item;
import org.greenbytes.http.sfv.ListElement;
import org.greenbytes.http.sfv.OuterList;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * {@code RateLimit} and {@code RateLimit-Policy} as a stranger's parser of structured fields (RFC 9651) reads them.
 *
 * @param members of each limit by its name, in the field's order, each with its parameters
 */
record RateLimitFields(Map<String, Map<String, Long>> members) {
    /** @throws IllegalArgumentException when the field is not a list of strings with integer parameters */
    static RateLimitFields of(Reply reply, String field) {
        return parse(field, reply.headers(field));
    }

    /** The same of an answer read off the wire. */
    static RateLimitFields of(HttpMessage answer, String field) {
        return parse(field, answer.headers(field));
    }

    private static RateLimitFields parse(String field, List<String> values) {
        String joined = String.join(", ", values);
        OuterList list = Parser.parseList(joined);
        Map<String, Map<String, Long>> members = new LinkedHashMap<>();
        for (ListElement<?> element : list.get()) {
            if (!(element instanceof StringItem name)) {
                throw new IllegalArgumentException(field + " is '" + joined + "': expected strings");
            }
            members.put(name.get(), parameters(name));
        }
        return new RateLimitFields(members);
    }

    /** One parameter of one limit. */
    long value(String limit, String parameter) {
        Map<String, Long> parameters = members.getOrDefault(limit, Map.of());
        if (!parameters.containsKey(parameter)) {
            throw new IllegalArgumentException("No " + parameter + " of " + limit + " in " + members);
        }
        return parameters.get(parameter);
    }

    private static Map<String, Long> parameters(StringItem name) {
        Map<String, Long> parameters = new LinkedHashMap<>();
        for (Map.Entry<String, Item<? extends Object>> parameter :
                name.getParams().entrySet()) {
            if (parameter.getValue().get() instanceof Long number) {
                parameters.put(parameter.getKey(), number);
            } else if (!parameter.getKey().equals("pk")) {
                throw new IllegalArgumentException(parameter.getKey() + " is not an integer");
            }
        }
        return parameters;
    }
}
