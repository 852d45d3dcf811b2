package io.bulwark.http.auth;

import akka.Done;
import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.RawHeader;
import io.bulwark.http.server.Access;
import io.bulwark.http.server.Authorizer;
import io.bulwark.http.server.Problem;
import io.bulwark.http.server.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Lets in whoever brings a token (RFC 6750) whose tenant and roles allow the route. */
public final class TokenAuthorizer implements Authorizer {
    private static final String SCHEME = "bearer ";
    private static final CompletionStage<Done> ALLOWED = CompletableFuture.completedStage(Done.getInstance());

    private final TokenVerifier verifier;

    /** Takes what the verifier takes. */
    public TokenAuthorizer(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    @Override
    public CompletionStage<Done> authorize(HttpRequest request, Access access, Optional<String> tenant) {
        if (access instanceof Access.Open) {
            return ALLOWED;
        }
        return verifier.verify(token(request)).handle((principal, failure) -> {
            if (failure != null) {
                throw refused(failure);
            }
            if (!principal.may(access, tenant)) {
                throw forbidden();
            }
            return Done.getInstance();
        });
    }

    private static String token(HttpRequest request) {
        List<String> credentials = new ArrayList<>(1);
        for (HttpHeader header : request.getHeaders()) {
            if (header.lowercaseName().equals("authorization")) {
                credentials.add(header.value());
            }
        }
        if (credentials.isEmpty()) {
            throw unauthenticated("The request has no token", "Bearer");
        }
        if (credentials.size() > 1) {
            throw invalid("The request has " + credentials.size() + " Authorization headers");
        }
        return bearer(credentials.getFirst());
    }

    private static String bearer(String credentials) {
        if (!credentials.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw invalid("The Authorization header is of another scheme than Bearer");
        }
        return credentials.substring(SCHEME.length()).strip();
    }

    private static ProblemException refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof TokenRefused reason
                ? invalid("The token is refused because " + reason.getMessage())
                : keysUnavailable();
    }

    private static ProblemException invalid(String what) {
        return unauthenticated(what, "Bearer error=\"invalid_token\"");
    }

    private static ProblemException unauthenticated(String what, String challenge) {
        return new ProblemException(
                Problem.of(
                        401,
                        "unauthenticated",
                        "Who calls is not known",
                        what + ": send one header 'Authorization: Bearer <token>' with a token that is valid here."),
                List.of(RawHeader.create("WWW-Authenticate", challenge)));
    }

    private static ProblemException forbidden() {
        return Problem.of(
                        403,
                        "forbidden",
                        "The token does not allow this",
                        "The token's tenant or roles do not allow this call: use one that does.")
                .exception();
    }

    private static ProblemException keysUnavailable() {
        return Problem.unavailable(
                        "keys-unavailable",
                        "Tokens cannot be verified",
                        "The keys that tokens are signed with cannot be fetched: try again.",
                        Duration.ofSeconds(2))
                .exception();
    }
}
