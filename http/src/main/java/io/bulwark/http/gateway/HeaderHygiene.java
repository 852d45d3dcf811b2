package io.bulwark.http.gateway;

import akka.http.javadsl.model.AttributeKeys;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.http.idempotency.Preferences;
import io.bulwark.http.server.TraceContext;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/** Which headers pass between the client and the service; all others pass unchanged and in order. */
final class HeaderHygiene {
    /** Of one connection, not of the message (RFC 9110, 7.6.1), and those that an entity or a connection writes itself. */
    private static final Set<String> HOP_BY_HOP = Set.of(
            "connection",
            "keep-alive",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "http2-settings",
            "content-length",
            "content-type",
            "raw-request-uri",
            "timeout-access",
            "tls-session-info");

    /** What a client must not tell a service, because the service takes it for Bulwark's word; or is for Bulwark. */
    private static final Set<String> NOT_FORWARDED = Set.of(
            "authorization", "host", "forwarded", "remote-address", "traceparent", "tracestate", "prefer", "expect");

    /** What only Bulwark tells a client. */
    private static final Set<String> OF_BULWARK = Set.of("idempotent-replayed", "bulwark-degraded");

    private static final AtomicReference<HttpHeader> LAST_DATE = new AtomicReference<>(RawHeader.create("Date", ""));
    private static final AtomicReference<HttpHeader> LAST_SERVER =
            new AtomicReference<>(RawHeader.create("Server", ""));

    private HeaderHygiene() {}

    /** The headers of the client's request that go to the service, and those that Bulwark adds. */
    static List<HttpHeader> toService(HttpRequest request, Preferences preferences, TraceContext trace) {
        List<HttpHeader> headers = new ArrayList<>();
        Set<String> named = namedByConnection(request.getHeaders());
        for (HttpHeader header : request.getHeaders()) {
            String name = header.lowercaseName();
            if (!isHopByHop(name, named) && !NOT_FORWARDED.contains(name) && !name.startsWith("x-forwarded-")) {
                headers.add(header);
            }
        }
        addForwarded(headers, request);
        addTrace(headers, request, trace);
        if (!preferences.others().isEmpty()) {
            headers.add(RawHeader.create("Prefer", String.join(", ", preferences.others())));
        }
        return headers;
    }

    /** The headers of the service's answer that go to the client. */
    static List<HttpHeader> toClient(HttpResponse response) {
        List<HttpHeader> headers = new ArrayList<>();
        Set<String> named = namedByConnection(response.getHeaders());
        for (HttpHeader header : response.getHeaders()) {
            String name = header.lowercaseName();
            if (!isHopByHop(name, named) && !OF_BULWARK.contains(name)) {
                headers.add(rendered(header));
            }
        }
        return headers;
    }

    /** The members of a list of tokens, in lower case. */
    static Set<String> tokens(String value) {
        return Arrays.stream(value.toLowerCase(Locale.ROOT).split(",", -1))
                .map(String::strip)
                .collect(Collectors.toSet());
    }

    /** Akka writes these two itself unless they are given in its own types. */
    static HttpHeader rendered(HttpHeader header) {
        return header instanceof RawHeader && (header.is("server") || header.is("date")) ? inItsType(header) : header;
    }

    /** A service's dates change once a second and its name hardly ever, and reading one costs a parser. */
    private static HttpHeader inItsType(HttpHeader raw) {
        AtomicReference<HttpHeader> last = raw.is("date") ? LAST_DATE : LAST_SERVER;
        HttpHeader known = last.get();
        if (known.value().equals(raw.value())) {
            return known;
        }
        HttpHeader read = HttpHeader.parse(raw.name(), raw.value());
        last.set(read);
        return read;
    }

    private static boolean isHopByHop(String name, Set<String> namedByConnection) {
        return HOP_BY_HOP.contains(name) || name.startsWith("proxy-") || namedByConnection.contains(name);
    }

    private static Set<String> namedByConnection(Iterable<HttpHeader> headers) {
        Set<String> named = new HashSet<>();
        for (HttpHeader header : headers) {
            if (header.is("connection")) {
                named.addAll(tokens(header.value()));
            }
        }
        return named;
    }

    private static void addForwarded(List<HttpHeader> headers, HttpRequest request) {
        request.getAttribute(AttributeKeys.remoteAddress)
                .flatMap(address -> address.getAddress())
                .map(InetAddress::getHostAddress)
                .ifPresent(address -> headers.add(RawHeader.create("X-Forwarded-For", address)));
        headers.add(RawHeader.create("X-Forwarded-Proto", request.getUri().getScheme()));
        request.getHeader("host").ifPresent(host -> headers.add(RawHeader.create("X-Forwarded-Host", host.value())));
    }

    /** The vendor's state belongs to the trace that the client sent; it is worth nothing with another. */
    private static void addTrace(List<HttpHeader> headers, HttpRequest request, TraceContext trace) {
        headers.add(RawHeader.create("traceparent", trace.traceparent()));
        boolean continued = request.getHeader("traceparent")
                .filter(sent -> sent.value().contains("-" + trace.traceId() + "-"))
                .isPresent();
        if (continued) {
            request.getHeader("tracestate").ifPresent(headers::add);
        }
    }
}
