package io.bulwark.http.scaling;

import io.bulwark.cluster.MemberAddress;
import io.bulwark.scaling.Emergency;
import io.bulwark.scaling.Outlook;
import io.bulwark.scaling.Recommendation;
import io.bulwark.scaling.ScalingView;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is shown of the coordinator: where it stands, without its policy and history, which have routes of their own. */
record ShownScaling(
        MemberAddress coordinator,
        Instant at,
        String target,
        Optional<String> trouble,
        long policyVersion,
        boolean paused,
        boolean dryRun,
        Optional<Instant> evaluated,
        Optional<Integer> size,
        Optional<Integer> recommended,
        Optional<Integer> desired,
        List<String> limits,
        Optional<String> reason,
        List<Recommendation> recommendations,
        Optional<Emergency> emergency,
        Map<String, Map<String, Double>> reports) {
    static ShownScaling of(ScalingView view) {
        Optional<Outlook> outlook = view.outlook();
        return new ShownScaling(
                view.coordinator(),
                view.at(),
                view.target(),
                view.trouble(),
                view.version(),
                view.policy().paused(),
                view.policy().dryRun(),
                outlook.map(Outlook::at),
                outlook.map(Outlook::size),
                outlook.map(Outlook::recommended),
                outlook.map(Outlook::desired),
                outlook.map(Outlook::limits).orElse(List.of()),
                outlook.map(Outlook::reason),
                outlook.map(Outlook::recommendations).orElse(List.of()),
                view.emergency(),
                view.reports());
    }
}
