package io.bulwark.http.server;

import io.bulwark.http.server.RequestTarget.Segment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the route of a request in a tree of path segments: what is written out is preferred to a variable. */
final class Router {
    private static final String REST = "{path…}";
    /** The one variable whose values may have a slash or backslash in them: an idempotency key is any visible ASCII. */
    private static final String KEY = "key";

    private static final String ANY_METHOD = "";

    private final Node root = new Node();

    Router(List<Route> routes) {
        routes.forEach(this::add);
    }

    /** What the table says about a request. */
    sealed interface Found {
        /** This route, with these values for the variables of its template. */
        record Match(Route route, Map<String, String> variables) implements Found {}

        /** The path is there and the method is not. */
        record OtherMethods(Set<String> allowed) implements Found {}

        /** The path is not there. */
        record Nothing() implements Found {}
    }

    /** @throws ProblemException 400 when a segment holds an encoded separator where none may be */
    Found find(String method, RequestTarget target) {
        Node node = find(root, target.segments(), 0, method);
        if (node != null) {
            Line line = node.line(method);
            return new Found.Match(line.route, variables(line.parts, target));
        }
        Node other = find(root, target.segments(), 0, ANY_METHOD);
        return other == null ? new Found.Nothing() : new Found.OtherMethods(new TreeSet<>(other.routes.keySet()));
    }

    /** The first node that takes the method: what a literal is not asked for with may be the value of a variable. */
    private static @Nullable Node find(Node node, List<Segment> segments, int depth, String method) {
        if (depth == segments.size()) {
            return node.takes(method) ? node : rest(node, method);
        }
        String text = segments.get(depth).text();
        Node literal = node.literals.get(text);
        Node found = literal == null ? null : find(literal, segments, depth + 1, method);
        if (found == null && node.variable != null && !text.isEmpty()) {
            found = find(node.variable, segments, depth + 1, method);
        }
        return found == null ? rest(node, method) : found;
    }

    private static @Nullable Node rest(Node node, String method) {
        return node.rest != null && node.rest.takes(method) ? node.rest : null;
    }

    private static Map<String, String> variables(List<String> template, RequestTarget target) {
        Map<String, String> variables = HashMap.newHashMap(4);
        for (int i = 0; i < template.size(); i++) {
            String part = template.get(i);
            if (part.equals(REST)) {
                variables.put("path", rest(target, i));
            } else if (isVariable(part)) {
                String name = part.substring(1, part.length() - 1);
                variables.put(name, text(target.segments().get(i), name));
            }
        }
        return variables;
    }

    private static String text(Segment segment, String variable) {
        if (segment.holdsSeparator() && !variable.equals(KEY)) {
            throw encodedSeparator();
        }
        return segment.text();
    }

    private static String rest(RequestTarget target, int from) {
        List<Segment> segments = target.segments();
        for (int i = from; i < segments.size(); i++) {
            if (segments.get(i).holdsSeparator()) {
                throw encodedSeparator();
            }
        }
        return from < segments.size()
                ? target.rawPath().substring(segments.get(from).start())
                : "";
    }

    private static ProblemException encodedSeparator() {
        return RequestTarget.invalid("has an encoded slash or backslash in a segment", "segments without them")
                .exception();
    }

    private void add(Route route) {
        Node node = root;
        List<String> parts = List.of(route.template().substring(1).split("/", -1));
        for (String part : parts) {
            node = node.child(part);
        }
        if (node.routes.put(route.method(), new Line(route, parts)) != null) {
            throw new IllegalArgumentException(
                    "The route " + route.method() + " " + route.template() + " is in the table twice");
        }
    }

    private static boolean isVariable(String part) {
        return part.startsWith("{");
    }

    private record Line(Route route, List<String> parts) {}

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Line> routes = new TreeMap<>();
        private @Nullable Node variable;
        private @Nullable Node rest;

        boolean takes(String method) {
            return method.equals(ANY_METHOD)
                    ? !routes.isEmpty()
                    : routes.containsKey(method) || routes.containsKey(Route.EVERY_METHOD);
        }

        /** The line of a method that it takes. */
        Line line(String method) {
            Line line = routes.get(method);
            return line == null ? Objects.requireNonNull(routes.get(Route.EVERY_METHOD)) : line;
        }

        Node child(String part) {
            if (part.equals(REST)) {
                rest = rest == null ? new Node() : rest;
                return rest;
            }
            if (isVariable(part)) {
                variable = variable == null ? new Node() : variable;
                return variable;
            }
            return literals.computeIfAbsent(part, absent -> new Node());
        }
    }
}
