package io.bulwark.http.server;

/**
 * One line of the route table.
 *
 * @param method an HTTP method in capitals, or {@code *} for every one
 * @param template segments of literal text or {@code {variable}}, such as {@code /v1/tenants/{tenant}}; the last may be
 *     {@code {path…}}, which stands for the rest of the path, empty or not
 * @param access who may take it
 * @param handler what it does
 */
public record Route(String method, String template, Access access, Handler handler) {
    /** Stands for every method. */
    public static final String EVERY_METHOD = "*";

    public Route {
        if (!template.startsWith("/")) {
            throw new IllegalArgumentException("The template is '" + template + "': expected it to begin with '/'");
        }
    }
}
