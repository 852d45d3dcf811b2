package io.bulwark.http.gateway;

import akka.http.javadsl.model.headers.ModeledCustomHeader;

/**
 * The {@code Content-Length} of an answer to HEAD, which says how long the body of GET would be. Akka renders none of
 * its own there, because it cannot know; the service does.
 */
final class LengthOfHead extends ModeledCustomHeader {
    LengthOfHead(long length) {
        super("Content-Length", Long.toString(length));
    }

    @Override
    public boolean renderInRequests() {
        return false;
    }

    @Override
    public boolean renderInResponses() {
        return true;
    }
}
