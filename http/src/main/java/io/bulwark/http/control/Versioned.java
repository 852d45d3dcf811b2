package io.bulwark.http.control;

import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.http.server.Answers;
import io.bulwark.http.server.Call;

/** Answers about things that have a version, which is their entity tag. */
public final class Versioned {
    private Versioned() {}

    /** The thing, or 304 when the client has it. */
    public static HttpResponse shown(Call call, Object thing, long version) {
        return Preconditions.isKnown(call, version)
                ? tagged(HttpResponse.create().withStatus(StatusCodes.NOT_MODIFIED), version)
                : tagged(Answers.json(200, thing), version);
    }

    /** The thing as it is stored now. */
    public static HttpResponse put(Object thing, long version, boolean created) {
        return tagged(Answers.json(created ? 201 : 200, thing), version);
    }

    private static HttpResponse tagged(HttpResponse response, long version) {
        return response.addHeader(RawHeader.create("ETag", Preconditions.tag(version)));
    }
}
