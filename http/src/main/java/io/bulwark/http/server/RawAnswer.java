package io.bulwark.http.server;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import java.nio.charset.StandardCharsets;

/** The bytes of the last answer on a connection, for where no parser, and so no renderer, has been reached. */
final class RawAnswer {
    private RawAnswer() {}

    static ByteString bytes(HttpResponse response) {
        if (!(response.entity() instanceof HttpEntity.Strict entity)) {
            throw new IllegalArgumentException("The answer is streamed: expected all of it");
        }
        StringBuilder head = new StringBuilder(256)
                .append("HTTP/1.1 ")
                .append(response.status().intValue())
                .append(' ')
                .append(response.status().reason())
                .append("\r\n");
        response.getHeaders().forEach(header -> line(head, header.name(), header.value()));
        line(head, "Content-Type", entity.getContentType().toString());
        line(head, "Content-Length", Long.toString(entity.getData().size()));
        line(head, "Connection", "close");
        return ByteString.fromArray(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII))
                .concat(entity.getData());
    }

    private static void line(StringBuilder head, String name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
