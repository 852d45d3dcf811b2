package io.bulwark.http;

import io.bulwark.backup.Backups;
import io.bulwark.cluster.ClusterMembers;
import io.bulwark.guard.Guards;
import io.bulwark.http.health.Readiness;
import io.bulwark.idempotency.Ledger;
import io.bulwark.restore.Restores;
import io.bulwark.scaling.Scaling;
import io.bulwark.service.Services;
import io.bulwark.tenant.TenantDirectory;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/** What the HTTP surface asks of the rest of the node. */
public record Ports(
        Guards guards,
        Services services,
        Ledger ledger,
        TenantDirectory tenants,
        ClusterMembers cluster,
        Scaling scaling,
        Backups backups,
        Restores restores,
        Readiness readiness,
        InstantSource clock,
        RandomGenerator random,
        MeterRegistry meters) {}
