package io.bulwark.http.server;

import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.StatusCodes;

/** Answers that are no problems. */
public final class Answers {
    private Answers() {}

    /** A JSON document. */
    public static HttpResponse json(int status, Object value) {
        return HttpResponse.create()
                .withStatus(StatusCodes.get(status))
                .withEntity(HttpEntities.create(ContentTypes.APPLICATION_JSON, Json.write(value)));
    }

    /** 204: done, and there is nothing to say. */
    public static HttpResponse noContent() {
        return HttpResponse.create().withStatus(StatusCodes.NO_CONTENT);
    }
}
