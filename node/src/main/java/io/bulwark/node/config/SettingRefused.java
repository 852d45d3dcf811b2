package io.bulwark.node.config;

/** A setting that a node cannot start with; the message is a sentence for whoever set it. */
public final class SettingRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public SettingRefused(String message) {
        super(message);
    }

    public SettingRefused(String message, Throwable cause) {
        super(message, cause);
    }
}
