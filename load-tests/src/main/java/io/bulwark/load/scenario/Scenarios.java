package io.bulwark.load.scenario;

import java.util.List;
import java.util.stream.Collectors;

/** All scenarios that there are. */
public final class Scenarios {
    private Scenarios() {}

    /** All of them, in the order in which they are listed. */
    public static List<Scenario> all() {
        return List.of(
                new CriticalPath(),
                new Events(),
                new Concurrency(),
                new HotTenant(),
                new ManyTenants(),
                Uptime.standard(),
                Soak.standard());
    }

    /** @throws IllegalArgumentException when there is none of this name; the message lists those that are */
    public static Scenario named(String name) {
        return all().stream()
                .filter(scenario -> scenario.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no scenario '" + name + "': expected one of "
                        + all().stream().map(Scenario::name).collect(Collectors.joining(", "))));
    }
}
