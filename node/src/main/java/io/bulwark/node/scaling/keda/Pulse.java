package io.bulwark.node.scaling.keda;

import java.util.function.IntSupplier;

/** Says at which looks the open streams are to be told something: when the number has changed, and now and then. */
final class Pulse {
    private final IntSupplier number;
    private final int quietLooksMax;
    private int last;
    private int quietLooks;

    /** @param quietLooksMax after that many looks in a row that found nothing new it is time all the same; 1 or more */
    Pulse(IntSupplier number, int quietLooksMax) {
        this.number = number;
        this.quietLooksMax = quietLooksMax;
        this.last = number.getAsInt();
    }

    /** One look; by one caller at a time. */
    boolean isDue() {
        int now = number.getAsInt();
        quietLooks++;
        if (now == last && quietLooks < quietLooksMax) {
            return false;
        }
        last = now;
        quietLooks = 0;
        return true;
    }
}
