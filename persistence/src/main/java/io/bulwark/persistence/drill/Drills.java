package io.bulwark.persistence.drill;

import io.bulwark.persistence.repository.Reports;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;

/** The reports of drills, kept with the backups that they are about: {@code drills/<id>}, the last 1,000. */
public final class Drills {
    private static final int KEPT = 1_000;

    private final Reports<DrillReport> reports;

    public Drills(Repository repository) {
        this.reports = repository.reports("drills", DrillReport.class, KEPT);
    }

    /**
     * Keeps the report.
     *
     * @throws StoreTrouble when the repository does not take it
     */
    public void keep(DrillReport report) throws StoreTrouble {
        reports.add(report.id(), report);
    }

    /**
     * The last ones, the newest first.
     *
     * @param limit 0 or more
     * @throws StoreTrouble when the repository cannot be read; reports that are damaged are in the result
     */
    public Reports.Listing<DrillReport> list(int limit) throws StoreTrouble {
        return reports.last(limit);
    }
}
