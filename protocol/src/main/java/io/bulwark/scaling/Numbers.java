package io.bulwark.scaling;

import java.math.BigDecimal;
import java.math.MathContext;

/** Writes numbers for people. */
final class Numbers {
    private static final MathContext DIGITS = new MathContext(3);

    private Numbers() {}

    /** With three digits and no exponent. */
    static String shown(double value) {
        return value == 0
                ? "0"
                : BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }
}
