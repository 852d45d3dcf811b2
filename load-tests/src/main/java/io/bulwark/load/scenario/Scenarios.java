package io.bulwark.load.scenario;

import java.util.List;

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
                Autoscale.standard(),
                Soak.standard());
    }
}
