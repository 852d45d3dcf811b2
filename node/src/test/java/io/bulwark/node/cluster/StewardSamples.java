package io.bulwark.node.cluster;

/** What stewards are told, for those who record it. */
public final class StewardSamples {
    private StewardSamples() {}

    public static Object leave() {
        return new Steward.Leave();
    }
}
