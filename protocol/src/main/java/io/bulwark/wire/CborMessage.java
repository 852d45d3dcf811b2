package io.bulwark.wire;

/** Marks a message, event or snapshot that Jackson writes as CBOR; bound in {@code reference.conf} of {@code node}. */
public interface CborMessage {}
