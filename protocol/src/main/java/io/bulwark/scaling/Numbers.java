package io.bulwark.scaling;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes numbers for people. */
final class Numbers {
    private static final MathContext DIGITS = new MathContext(3);
    private static final double PLAIN_MAX = 1e15;

    private Numbers() {}

    /** With three digits, and no exponent where that can be read. */
    static String shown(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal digits = BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros();
        return Math.abs(value) < PLAIN_MAX ? digits.toPlainString() : digits.toString();
    }
}
