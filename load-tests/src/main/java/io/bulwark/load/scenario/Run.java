package io.bulwark.load.scenario;

import io.bulwark.load.result.Second;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * One run of a scenario.
 *
 * @param given the Bulwark to use; without one the scenario starts its own
 * @param clock says when the run began
 * @param checkout whose commit is noted
 * @param live gets the seconds of the load while it goes
 * @param progress gets lines for people
 */
public record Run(
        Options options,
        Optional<Given> given,
        InstantSource clock,
        Path checkout,
        Consumer<Second> live,
        Consumer<String> progress) {
    /**
     * A Bulwark that runs already.
     *
     * @param url of its service listener, without a path
     * @param token that may change tenants and services and call for every tenant
     */
    public record Given(URI url, String token) {
        @Override
        public String toString() {
            return url.toString();
        }
    }
}
