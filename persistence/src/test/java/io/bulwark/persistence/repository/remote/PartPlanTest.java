package io.bulwark.persistence.repository.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PartPlanTest {
    @Test
    void parts_doubleAFewTimes() {
        PartPlan plan = new PartPlan(8, 10, 100);
        assertThat(plan.bytes(1)).isEqualTo(8);
        assertThat(plan.bytes(10)).isEqualTo(8);
        assertThat(plan.bytes(11)).isEqualTo(16);
        assertThat(plan.bytes(41)).isEqualTo(128);
        assertThat(plan.bytes(100)).isEqualTo(128);
        assertThat(plan.objectBytesMax()).isEqualTo(10 * (8 + 16 + 32 + 64) + 60 * 128);
    }

    @Test
    void defaults_holdALargeDatabase_withinWhatTheStoresAllow() {
        PartPlan s3 = new PartPlan(8 << 20, 1_000, 10_000);
        assertThat(s3.objectBytesMax()).isGreaterThan(900_000_000_000L).isLessThan(5L << 40);
        PartPlan azure = new PartPlan(64 << 20, 5_000, 50_000);
        assertThat(azure.bytes(50_000)).isEqualTo(1 << 30);
    }
}
