package io.bulwark.load.rival;

/**
 * The answer of those that decide nothing else than whether to give it: as long as Bulwark's for {@link Quota#ample},
 * with the same headers.
 */
final class Constant {
    static final String POLICY = "\"requests\";q=1000000000;w=1";
    static final String LEVEL = "\"requests\";r=999999999;t=1";
    static final String BODY =
            "{\"allowed\":true,\"limit\":1000000000,\"remaining\":999999999,\"resetAfter\":\"PT0.000001S\"}";

    private Constant() {}
}
