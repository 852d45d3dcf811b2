package io.bulwark.scaling;

import java.time.Duration;

/** How much there is to do over time, in nodes that are fully used. */
enum LoadCurve {
    /** An hour's rush out of nothing. */
    SPIKE(Duration.ofHours(3)) {
        @Override
        double at(long second) {
            return second >= 1_800 && second < 5_400 ? 12 : 1.5;
        }
    },
    /** A day with its noon and its night. */
    DIURNAL(Duration.ofDays(1)) {
        @Override
        double at(long second) {
            return 7 - 5.5 * Math.cos(2 * Math.PI * second / 86_400);
        }
    },
    /** It grows for twenty minutes and falls at once. */
    SAWTOOTH(Duration.ofHours(4)) {
        @Override
        double at(long second) {
            return 1 + second % 1_200 / 150.0;
        }
    },
    /** Another measurement at each evaluation. */
    FLAPPING(Duration.ofHours(4)) {
        @Override
        double at(long second) {
            return second / 15 % 2 == 0 ? 1.5 : 6;
        }
    };

    /** How long it is played; thereafter load is steady. */
    final Duration lasting;

    LoadCurve(Duration lasting) {
        this.lasting = lasting;
    }

    abstract double at(long second);
}
